// What the commands of package.json start: plain JavaScript, so that it can say in one sentence what the TypeScript behind it lacks.
const { engines } = require("./package.json");

/** Ends with one sentence for a person. */
function end(sentence) {
  process.stderr.write(`homeport: ${sentence}\n`);
  process.exit(1);
}

function numbers(version) {
  return version.match(/\d+/g).map(Number);
}

const [[major, minor], [leastMajor, leastMinor]] = [numbers(process.versions.node), numbers(engines.node)];
if (major < leastMajor || (major === leastMajor && minor < leastMinor))
  end(`Node.js ${process.versions.node} is too old: install ${leastMajor}.${leastMinor} or newer (https://nodejs.org)`);

try {
  require("tsx/cjs");
  require("./commands/main.ts");
} catch (error) {
  // A file of ours that is missing is no matter of npm.
  const lacks = error.code === "MODULE_NOT_FOUND" && !/Cannot find module '[./]/.test(error.message);
  if (lacks) end(`node_modules is missing or not complete: run 'npm ci' in ${__dirname}`);
  if (
    /for another platform|@esbuild\/\S+" could not be found|invalid ELF header|not a valid Win32/i.test(error.message)
  )
    end(
      `node_modules is of another system than this one (${process.platform} ${process.arch}): run 'npm ci' in ${__dirname}`,
    );
  throw error;
}
