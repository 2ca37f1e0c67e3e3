/** Whether a process of this workstation runs. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: another user's process, which lives.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
