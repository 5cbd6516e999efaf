// Runs one part at one size in a process of its own, so that its peak of memory is its own: a row a line on stdout.
//
//     node tools/parity/part.mjs PART tiny|true PYTHON FOLDER

const [part, size, python, folder] = process.argv.slice(2);
const { measure } = await import(`./${part}.mjs`);
for await (const row of measure({ python, folder, size })) process.stdout.write(`${JSON.stringify(row)}\n`);
