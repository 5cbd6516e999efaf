// `bench new-method`: makes the folder of a new plug-in from the template, which is a working method.

import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { makeFolders, temporaryName } from "@dit-bench/files";
import { nameProblem } from "@dit-bench/method";
import { BenchError, isSectionName, loadMethods, packageFolder } from "@dit-bench/runner";
import { print } from "../print.ts";

const template = fileURLToPath(new URL("../../template/", import.meta.url));
/** Packages of this program that the new one imports. */
const imported = ["method", "conformance"];
/** npm leaves a file named .gitignore out of packages. */
const namesInNewFolder: Readonly<Record<string, string>> = { gitignore: ".gitignore" };

/** Makes the folder NAME in the current folder. Throws BenchError (usage) for a name that cannot be used. */
export async function newMethod(name: string): Promise<void> {
  await refuseName(name);
  const folder = resolve(name);
  if (lstatSync(folder, { throwIfNoEntry: false }))
    throw new BenchError("usage", `./${name} is there already; choose another name, or go to another folder`);
  const unfinished = temporaryName(folder);
  try {
    makeFolders(unfinished);
    const files = readdirSync(template);
    for (const file of files)
      writeFileSync(
        join(unfinished, namesInNewFolder[file] ?? file),
        renameMethod(readFileSync(join(template, file), "utf8"), name),
      );
    linkPackages(join(unfinished, "node_modules", "@dit-bench"));
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
  print(
    `./${name}: the method is in index.js, complete and ready to be changed\n\n` +
      `    bench check-method ./${name}\n` +
      `    bench run --plugin ./${name} --method ${name} --dataset flowers\n\n` +
      "'Writing a method' in the documentation of dit-bench (docs/writing-a-method.md) explains each part\n",
  );
}

async function refuseName(name: string): Promise<void> {
  const problem = nameProblem(name);
  if (problem !== undefined) throw new BenchError("usage", `the name of the method is ${problem}`);
  if (isSectionName(name))
    throw new BenchError(
      "usage",
      `the name '${name}' is that of a section of recipes, so --set could not set the method's options; choose another`,
    );
  const other = (await loadMethods()).find(({ method }) => method.name === name);
  if (other) throw new BenchError("usage", `the name '${name}' is taken by ${other.from}; choose another`);
}

/** Replaces the names of the template's method: `my-method`, and `MyMethod` in texts. */
function renameMethod(text: string, name: string): string {
  const title = name
    .split("-")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
  return text.replaceAll("my-method", name).replaceAll("MyMethod", title);
}

/** Links the packages of this program, so that tests and editors find them without an installation. */
function linkPackages(folder: string): void {
  makeFolders(folder);
  for (const name of imported) {
    const target = packageFolder(`@dit-bench/${name}`, import.meta.dirname);
    if (target !== undefined) symlinkSync(target, join(folder, name), "junction");
  }
}
