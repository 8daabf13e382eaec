/** What marks an option as a secret. */

/**
 * Meta data of an option whose value is a secret: `schema.meta(SECRET)`. It is masked wherever the
 * configuration is shown, and may be given as `file:/path` or `credential:NAME`.
 */
export const SECRET = { writeOnly: true } as const;

/** What stands in the place of a secret where the configuration is shown. */
export const HIDDEN = "***";
