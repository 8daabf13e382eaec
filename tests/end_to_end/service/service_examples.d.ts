/** Where an example prints. */
interface Printer {
  readonly log: (text: string) => void;
}

/** `address` is the service's, without a path. */
export function completeExample(address: string, console: Printer): Promise<void>;

export function streamExample(address: string, console: Printer): Promise<void>;
