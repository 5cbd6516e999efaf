// Runs one part at one size in a process of its own, so that the peak memory is the part's. Prints one row per line.
//
//     node tools/parity/part.mjs PART tiny|true ENGINE PYTHON FOLDER

const [part, size, engine, python, folder] = process.argv.slice(2);
const { measure } = await import(`./${part}.mjs`);
for await (const row of measure({ python, folder, size, engine })) process.stdout.write(`${JSON.stringify(row)}\n`);
