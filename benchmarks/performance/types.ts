// The data of a measurement: settings.json, the rows of a run, the messages to measuring processes, the result file.

import type { Compiled } from "@dit-bench/compiler";

/** A DiT and its batch; `tokens` is a square number. */
export interface Shape {
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly tokens: number;
  readonly batch: number;
}

export type EngineName = "cpu" | "webgpu" | "cuda";
export type Clock = "wall" | "cpu";

/** How PyTorch runs on a GPU. */
export interface DevicePeer {
  readonly compile: boolean;
  readonly precision: "float32" | "tf32" | "bfloat16";
}

/** settings.json. */
export interface Settings {
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly methods: readonly string[];
  readonly engines: readonly string[];
  readonly peers: readonly string[];
  readonly devicePeers: Readonly<Record<string, DevicePeer>>;
  readonly parts: readonly string[];
  readonly defaults: {
    readonly shapes: readonly string[];
    readonly deviceShapes: readonly string[];
    readonly rounds: number;
    readonly seconds: number;
    readonly steps: number;
  };
  readonly square: number;
  readonly frechetDimension: number;
  readonly targets: Targets;
}

/** Limits that a result is judged by: ratios, unless the name has a unit. */
export interface Targets {
  readonly pytorch: number;
  readonly share: { readonly fromWidth: number; readonly sample: number; readonly train: number };
  readonly difffitToFull: { readonly time: number; readonly memory: number };
  readonly difffitPeakMB: Readonly<Record<string, number>>;
  readonly frechetSeconds: number;
  readonly loop: number;
}

/** The flags of the command, checked. */
export interface Options {
  readonly engine: EngineName;
  readonly commit?: string;
  readonly help: boolean;
  readonly table?: string;
  readonly shapes: readonly string[];
  readonly methods: readonly string[];
  readonly peers: readonly string[];
  readonly parts: readonly string[];
  readonly rounds: number;
  /** A measurement lasts at least this many seconds and this many steps. */
  readonly seconds: number;
  readonly steps: number;
  readonly threads: number;
  readonly python?: string;
  readonly out: string;
  readonly again: boolean;
}

/** Equal matrix multiplications, [batch, m, k] × [batch, k, n], of one step. */
export interface Gemm {
  /** `input` and `weight` are gradients of a linear layer's input and weight. */
  readonly kind: "forward" | "input" | "weight" | "attention";
  readonly batch: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** Whether the operand lies transposed in memory. */
  readonly transA: boolean;
  readonly transB: boolean;
  /** Whether the right operand is a frozen weight. */
  readonly fixed: boolean;
  /** How often it occurs in the step. */
  readonly times: number;
}

/** The work that a process prepares. `work` selects the module in workloads/ (Node processes only). */
export interface Preparation {
  readonly work?: string;
  readonly method?: string;
  readonly shape?: Shape;
  readonly threads?: number;
  readonly engine?: string;
  readonly gemms?: readonly Gemm[];
  readonly batching?: boolean;
  readonly size?: number;
  readonly files?: number;
  readonly dimension?: number;
  readonly compile?: boolean;
  readonly device?: string;
  readonly precision?: string;
}

/** A measuring process: the program and what it prepares. Specs of one shape share an estimate of their memory. */
export interface Spec {
  readonly program?: "node" | "python";
  readonly shape?: object;
  readonly prepare: Preparation;
}

/** The report of a process that has prepared its work. */
export interface About {
  readonly trainable?: number;
  readonly images?: number;
  readonly steps?: number;
  readonly flops?: number;
  readonly dimension?: number;
  readonly trace_ms?: number;
  readonly session_ms?: number;
  readonly compile_ms?: number;
  readonly nodes?: number;
  readonly adapter?: string;
  readonly versions?: { readonly torch?: string; readonly python?: string };
}

/** One measurement: the wall time of every step, the CPU time of all of them together, the process's peak memory. */
export interface Times {
  readonly wall_ms: readonly number[];
  readonly cpu_ms: number;
  readonly peak_mb?: number;
  /** How long the process waited before this measurement, and the CPU time that it used meanwhile. */
  readonly idle_ms?: number;
  readonly idle_cpu_ms?: number;
}

export interface Measurement extends Times {
  /** "ours" or the name of a baseline. */
  readonly who: string;
  readonly at?: string;
  readonly load?: number;
}

/** A row to be measured. */
export interface Row {
  readonly id: string;
  readonly kind: "step" | "part";
  readonly ours: Spec;
  readonly baselines: Readonly<Record<string, { readonly spec: Spec; readonly scale: number }>>;
  /** Baselines that must train as many parameters as ours. */
  readonly sameWork: readonly string[];
  readonly shapeName?: string;
  readonly shape?: Shape;
  readonly method?: string;
  readonly flops?: number;
  readonly part?: string;
}

/** The result of `measureRow`. */
export interface Measured {
  /** In the order of measuring. */
  readonly chain: readonly Measurement[];
  /** By process: what it reported at each of its starts. */
  readonly about: Readonly<Record<string, readonly About[]>>;
  /** Baselines that failed, and why. */
  readonly failed: Readonly<Record<string, string>>;
}

/** A measured row, as the result file has it. `scale` times a baseline's time is the baseline's time for our work. */
export interface ResultRow extends Omit<Row, "ours" | "baselines" | "sameWork">, Measured {
  readonly baselines: Readonly<Record<string, { readonly scale: number }>>;
}

/** A result file of schema 2. Schema 1 had other names: see result-file.mjs. */
export interface Result {
  readonly schema: number;
  readonly startedAt: string;
  readonly code: { readonly commit: string | null; readonly clean: boolean | null };
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGB: number; readonly node: string };
  readonly versions: Readonly<Record<string, string>>;
  /** Absent in results older than the GPU engines: "cpu". */
  readonly engine?: EngineName;
  readonly threads: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly steps: number;
  readonly settings: Settings;
  rows: readonly ResultRow[];
}

/** A step's prepared work; `run` returns times if it measures itself. */
export interface Job {
  readonly about: About;
  run(): unknown;
  close?(): void;
}

export type Graph = Pick<Compiled, "report">;
