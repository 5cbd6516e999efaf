// Checks of what is known about a method before it runs: its fields, its options, its trainable weights and their
// starting values.

import { attach, checkMethod, labelOf, parseOptions } from "@dit-bench/method";
import { type Check, fail } from "./check.ts";
import { parametersOn } from "./counts.ts";
import { makeSubject, model, promisesOf } from "./subject.ts";

export const definitionChecks: readonly Check[] = [
  {
    name: "has a name, a label, a source and options that survive JSON",
    meaning:
      "The method cannot be named on the command line, shown in a table, or repeated from a record, which stores " +
      "the options as JSON.",
    advice: "the fields of defineMethod; options may hold numbers, texts, true, false, and lists of these",
    run({ method, options }) {
      checkMethod(method);
      const parsed = parseOptions(method, options);
      labelOf(method, parsed);
      if (!/https?:\/\/|doi/.test(method.source))
        fail(`source is '${method.source}', wanted a citation with an address`);
      const back = parseOptions(method, JSON.parse(JSON.stringify(parsed)));
      if (JSON.stringify(back) !== JSON.stringify(parsed))
        fail(`options change on the way through JSON: ${JSON.stringify(back)}`);
    },
  },
  {
    name: "refuses an unknown option",
    meaning: "A misspelt option is ignored, and the run has other settings than its user thinks.",
    advice: "options: z.strictObject({ … }) refuses unknown names; z.object ignores them",
    run({ method }) {
      try {
        parseOptions(method, { "no-such-option": 1 });
      } catch {
        return;
      }
      fail("accepts the unknown option 'no-such-option'; wanted a z.strictObject");
    },
  },
  {
    name: "lists its trainable weights before any weight exists",
    meaning:
      "Parameters are counted, and runs are refused or accepted, from this list. If it is wrong, no run can start.",
    advice: "the globs in train and at, the keys and shapes in weights, and the name of the method",
    run(c) {
      const s = makeSubject(c);
      if (s.adapted.parameters < 1) fail("has no trainable weights; wanted grafts or base weights from adapt");
      for (const { name, shape } of s.adapted.trainable) {
        const n = shape.reduce((a, b) => a * b, 1);
        if (s.start[name]?.length !== n)
          fail(`'${name}' is [${shape}], but starts with ${s.start[name]?.length} values`);
      }
      const again = attach(c.method, model, c.options).trainable;
      if (JSON.stringify(again) !== JSON.stringify(s.adapted.trainable))
        fail("lists other weights the second time; adapt and weights may depend on their arguments only");
    },
  },
  {
    name: "has the numbers of parameters that it promises",
    meaning:
      "The method is not the published one, or its table would show another number of parameters than the paper.",
    advice:
      "the shapes in weights, the globs, and promises.parameters; the count includes the class embedding, with " +
      "one row more than classes",
    run({ method }, listener) {
      const counts = promisesOf(method).parameters ?? [];
      for (const { model, classes, options, count } of counts) {
        const found = parametersOn(method, options, model, classes);
        if (found === count) continue;
        const how = options === undefined ? "" : ` with ${JSON.stringify(options)}`;
        fail(
          `trains ${found.toLocaleString("en")} parameters of ${model} with ${classes} classes${how}, ` +
            `but promises ${count.toLocaleString("en")}`,
        );
      }
      if (counts.length === 0) listener?.note?.("no number is promised; promises.parameters takes those of a paper");
    },
  },
  {
    name: "has equal starting values for equal seeds",
    meaning: "Runs cannot be repeated or resumed with the same result.",
    advice: "values of your own Init: they may depend on the seed, the name and the base weights that they get only",
    run(c) {
      const s = makeSubject(c);
      const again = attach(c.method, model, c.options).initial(s.base, 0);
      for (const [name, v] of Object.entries(s.start))
        if (!v.every((x, i) => Object.is(x, again[name]![i])))
          fail(`'${name}' has other starting values the second time`);
    },
  },
];
