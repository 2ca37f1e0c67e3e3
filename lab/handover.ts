/** What one step makes and others wait for that run beside it. */
export class Handover<T> {
  /** Fails as the making does. */
  readonly value: Promise<T>;
  private give: (value: T) => void = () => undefined;
  private fail: (error: unknown) => void = () => undefined;

  constructor() {
    this.value = new Promise<T>((resolve, reject) => {
      this.give = resolve;
      this.fail = reject;
    });
    // The step that makes it reports a failure; nobody need be waiting yet.
    this.value.catch(() => undefined);
  }

  /** Makes it. */
  async make(making: () => Promise<T>): Promise<T> {
    try {
      const made = await making();
      this.give(made);
      return made;
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }
}
