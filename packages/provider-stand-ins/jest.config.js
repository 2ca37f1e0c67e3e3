/** @type {import("jest").Config} */
module.exports = {
  displayName: "stand-ins",
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  testEnvironment: "node",
  // A test takes far less; a busy machine is no fault of the test. Milliseconds.
  testTimeout: 60_000,
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
};
