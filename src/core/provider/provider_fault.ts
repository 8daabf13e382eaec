/** What a provider says of its own failure. */

/** An error that a provider reported inside an answer it had begun with status 200. */
export interface ProviderFault {
  readonly message: string;
  readonly type?: string;
  readonly code?: string;
  /** HTTP status the fault stands for, 400 to 599, where the provider's code, words or type tell. */
  readonly status?: number;
  /** Status that its words stand for, where that is another one than its code says. */
  readonly wordsStatus?: number;
  /** Output was counted or sent beside it, or nothing says that there was none. */
  readonly mayBePaid?: true;
  /** The provider did not report it: its answer cannot be read. */
  readonly isUnreadable?: true;
}
