/** @type {import("jest").Config} */
const project = (name) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: "node",
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
});

module.exports = {
  projects: [project("unit"), project("lab"), project("scale"), "<rootDir>/packages/provider-stand-ins"],
  testSequencer: "<rootDir>/tests/support/sequencer.js",
  reporters: ["default", "<rootDir>/tests/support/progress-reporter.js"],
};
