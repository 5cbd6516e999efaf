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

export type Clock = "wall" | "cpu";
/** Where an engine or PyTorch computes. */
export type Place = "cpu" | "gpu";
/** The precision of GEMMs. Weights, sums and optimizer states are float32 in all of them. */
export type Precision = "float32" | "tf32" | "bfloat16";

export interface EngineSettings {
  readonly on: Place;
  readonly precision: Precision;
}

/** The settings of PyTorch, and where it is measured with them. */
export interface PeerSettings {
  readonly on: readonly Place[];
  readonly compile: boolean;
  readonly precision: Precision;
}

/** The contents of settings.json. */
export interface Settings {
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly methods: readonly string[];
  readonly engines: Readonly<Record<string, EngineSettings>>;
  readonly peers: Readonly<Record<string, PeerSettings>>;
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

export type Against = "equal precision" | "any precision";

/** Limits for the ratio of the fastest PyTorch's time to ours, in the steps of these shapes and methods. */
export interface PeerTarget {
  readonly engine: string;
  readonly against: Against;
  /** Without a list, every shape; the same for methods. */
  readonly shapes?: readonly string[];
  readonly methods?: readonly string[];
  readonly atLeast: number;
  /** More than half of the steps must reach this. */
  readonly mostAtLeast?: number;
}

/** Limits for a result. A limit is a ratio unless its name has a unit. */
export interface Targets {
  readonly peers: readonly PeerTarget[];
  /** Limits of an earlier build's time divided by ours, and of our peak memory divided by the earlier build's. */
  readonly before?: { readonly full: number; readonly others: number; readonly memory: number };
  readonly share: { readonly fromWidth: number; readonly sample: number; readonly train: number };
  readonly difffitToFull: { readonly time: number; readonly memory: number };
  readonly difffitPeakMB: Readonly<Record<string, number>>;
  readonly frechetSeconds: number;
  readonly loop: number;
  readonly memoryGrowthMB?: number; // not in results of schema 1 and 2
}

/** The checked flags of the command. */
export interface Options {
  readonly engines: readonly string[];
  readonly commit?: string;
  /** The folder of an earlier build to compare with. */
  readonly before?: string;
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

/** A measuring process: the program and what it prepares. Its memory is estimated by shape, program and method. */
export interface Spec {
  /** `before` is the measuring process of an earlier build. */
  readonly program?: "node" | "python" | "before";
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
  /** PyTorch only: the types of the network's output, the weights and the optimizer's moments. */
  readonly dtypes?: { readonly output: string; readonly weights: string; readonly moments?: string };
}

/** One measurement: the wall time of every step, the CPU time of all of them together, the process's peak memory. */
export interface Times {
  readonly wall_ms: readonly number[];
  readonly cpu_ms: number;
  readonly peak_mb?: number;
  /** Resident memory at the end of this measurement. */
  readonly resident_mb?: number;
  /** The time that the process waited before this measurement, and the CPU time that it used in this time. */
  readonly idle_ms?: number;
  readonly idle_cpu_ms?: number;
  /** The mean number of cores that everything else on the machine used during this measurement (Linux only). */
  readonly other_cores?: number;
}

export interface Measurement extends Times {
  /** The name of an engine of ours or of a baseline. */
  readonly who: string;
  readonly at?: string;
  readonly load?: number;
  /** The number of measurements that were discarded before this one because other programs disturbed them. */
  readonly discarded?: number;
}

/** What a result file says about an engine of ours in a row. Results of schema 1 and 2 lack the precision. */
export interface OursInfo {
  readonly precision?: Precision;
}

/** A baseline's time multiplied by its `scale` is its time for the work of ours. */
export interface BaselineInfo extends OursInfo {
  readonly scale: number;
  /** The only engine that it is compared with; without it, all of them. */
  readonly engine?: string;
}

/** A row to be measured. */
export interface Row {
  readonly id: string;
  readonly kind: "step" | "part";
  /** Our engines by name. */
  readonly ours: Readonly<Record<string, OursInfo & { readonly spec: Spec }>>;
  readonly baselines: Readonly<Record<string, BaselineInfo & { readonly spec: Spec }>>;
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
  /** For each engine and baseline that failed, the reason. */
  readonly failed: Readonly<Record<string, string>>;
}

/** A measured row in the result file. */
export interface ResultRow extends Omit<Row, "ours" | "baselines" | "sameWork">, Measured {
  readonly ours: Readonly<Record<string, OursInfo>>;
  readonly baselines: Readonly<Record<string, BaselineInfo>>;
}

export interface CodeState {
  readonly commit: string | null;
  readonly clean: boolean | null;
}

/** A result file of schema 3. Older schemas are converted: see older-results.mjs. */
export interface Result {
  readonly schema: number;
  readonly startedAt: string;
  readonly code: CodeState;
  /** The earlier build that was measured, too. */
  before?: CodeState;
  readonly machine: {
    readonly cpu: string;
    /** The CPU's features that decide the speed of GEMMs. Results of schema 1 and 2 lack them. */
    readonly cpuFeatures?: readonly string[];
    readonly cores: number;
    readonly memoryGB: number;
    readonly node: string;
  };
  readonly versions: Readonly<Record<string, string>>;
  readonly engines: readonly string[];
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
