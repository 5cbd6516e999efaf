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

/** The settings of PyTorch on a GPU. */
export interface DevicePeer {
  readonly compile: boolean;
  readonly precision: "float32" | "tf32" | "bfloat16";
}

/** The contents of settings.json. */
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

/** Limits for a result. A limit is a ratio unless its name has a unit. */
export interface Targets {
  readonly pytorch: number;
  readonly share: { readonly fromWidth: number; readonly sample: number; readonly train: number };
  readonly difffitToFull: { readonly time: number; readonly memory: number };
  readonly difffitPeakMB: Readonly<Record<string, number>>;
  readonly frechetSeconds: number;
  readonly loop: number;
}

/** The checked flags of the command. */
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

/** A matrix multiplication, [batch, m, k] × [batch, k, n], and how often it occurs in one step. */
export interface Gemm {
  /** `input` and `weight` are gradients of a linear layer's input and weight. */
  readonly kind: "forward" | "input" | "weight" | "attention";
  readonly batch: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** Whether the left operand is stored transposed; `transB` is the same for the right operand. */
  readonly transA: boolean;
  readonly transB: boolean;
  /** Whether the right operand is a frozen weight. */
  readonly fixed: boolean;
  /** The number of occurrences in the step. */
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
  /** The time that the process waited before this measurement, and the CPU time that it used in this time. */
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
  /** The measurements in the order in which they were made. */
  readonly chain: readonly Measurement[];
  /** The reports of each process, one for every start. */
  readonly about: Readonly<Record<string, readonly About[]>>;
  /** For each baseline that failed, the reason. */
  readonly failed: Readonly<Record<string, string>>;
}

/** A measured row in the result file. A baseline's time multiplied by its `scale` is its time for the work of ours. */
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
  /** Results older than the GPU engines lack it; they were measured on the CPU. */
  readonly engine?: EngineName;
  readonly threads: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly steps: number;
  readonly settings: Settings;
  rows: readonly ResultRow[];
}

/** The prepared work of a process. `run` returns times if it measures itself. */
export interface Job {
  readonly about: About;
  run(): unknown;
  close?(): void;
}

export type Graph = Pick<Compiled, "report">;
