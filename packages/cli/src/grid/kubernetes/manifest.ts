// The manifest of an Indexed Job: https://kubernetes.io/docs/concepts/workloads/controllers/job/
// As JSON, which kubectl reads like YAML.

import { exitCodes, mayWorkAgain, signalExitCodes } from "@dit-bench/runner/errors";
import { quantity } from "@dit-bench/text";
import { type JobPlan, planPath } from "../jobs/plan.ts";
import type { JobSettings } from "../jobs/settings.ts";

export interface ManifestOptions {
  readonly plan: JobPlan;
  readonly settings: JobSettings & { readonly image: string; readonly claim: string; readonly namespace?: string };
  /** How many pods run at the same time; default: all. */
  readonly atOnce: number | undefined;
  readonly factors: string;
}

/** The folder of the volume in the containers: the current folder of the runs. */
const mountPath = "/work";

/** Starts of an index that may fail before it counts as failed. */
const retries = 3;

/** Time for a run to write its checkpoint after SIGTERM, in seconds. */
const graceSeconds = 120;

export function jobManifest({ plan, settings, atOnce, factors }: ManifestOptions): string {
  const { image, claim, namespace, cpus, gpus, memory, time } = settings;
  const count = plan.jobs.length;
  const cells = plan.jobs.reduce((sum, job) => sum + job.length, 0);
  const memoryText = memory === undefined ? undefined : `${memory}Gi`;
  const manifest = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: manifestName(plan.id),
      namespace,
      labels: { "app.kubernetes.io/name": "dit-bench" },
      annotations: {
        "dit-bench/about": `${quantity(cells, "cell")} (of ${factors}) in ${quantity(count, "job")}`,
      },
    },
    spec: {
      completionMode: "Indexed",
      completions: count,
      parallelism: Math.min(count, atOnce ?? count),
      backoffLimitPerIndex: retries,
      podFailurePolicy: { rules: failureRules },
      template: {
        metadata: { labels: { "app.kubernetes.io/name": "dit-bench" } },
        spec: {
          restartPolicy: "Never", // a pod failure policy needs it
          terminationGracePeriodSeconds: graceSeconds,
          activeDeadlineSeconds: time === undefined ? undefined : 60 * time,
          containers: [
            {
              name: containerName,
              image,
              workingDir: mountPath,
              args: ["grid-job", planPath(plan), ...(cpus === undefined ? [] : ["--threads", String(cpus)])],
              env: [{ name: "DIT_BENCH_HOME", value: `${mountPath}/.dit-bench` }], // downloads, on the volume, too
              resources: {
                requests: { cpu: cpus === undefined ? undefined : String(cpus), memory: memoryText },
                limits: { memory: memoryText, "nvidia.com/gpu": gpus === undefined ? undefined : String(gpus) },
              },
              volumeMounts: [{ name: "work", mountPath }],
            },
          ],
          volumes: [{ name: "work", persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`; // keys whose value is undefined are left out
}

/** The name of the Job of a submission. */
export const manifestName = (submission: string): string => `dit-bench-${submission}`;

const containerName = "bench";

/**
 * The first rule that matches decides. Codes that no rule names, such as 74 for a full disk or 137 for too little
 * memory, count as failures of the index and are tried again.
 */
const failureRules = [
  // A preempted or evicted pod is replaced and resumes; this is no failure of its index.
  { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
  // It would fail again however often it starts.
  { action: "FailIndex", onExitCodes: codes(...Object.values(exitCodes).filter((code) => !mayWorkAgain(code))) },
  // Stopped where it can resume. A job that does not progress in several starts ends with another code.
  { action: "Ignore", onExitCodes: codes(exitCodes.interrupted, signalExitCodes.SIGTERM) },
];

function codes(...values: number[]) {
  return { containerName, operator: "In", values };
}
