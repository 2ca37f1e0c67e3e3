/** Which of the usual downloads work from this machine. */
export interface Availability {
  /** Docker Hub. */
  readonly hub: boolean;
  /** Pulumi's releases and plugins. */
  readonly pulumi: boolean;
}
