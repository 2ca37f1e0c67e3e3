/** Writes each test of a lab as it ends: its result, seconds and name, and why it failed. Jest's own reporter waits for the end of the file. */
class ProgressReporter {
  onTestCaseResult({ context }, { status, duration, fullName, failureMessages }) {
    if (context.config.displayName?.name === "unit") return;
    const seconds = ((duration ?? 0) / 1000).toFixed(1);
    process.stderr.write(`${status.padEnd(7)} ${seconds.padStart(7)} s  ${fullName}\n`);
    for (const message of failureMessages) process.stderr.write(`${message}\n`);
  }
}

module.exports = ProgressReporter;
