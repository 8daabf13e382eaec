/** Codes of RFC 6455 that a connection is closed with. */
export const CLOSE_CODES = {
  normal: 1000,
  goingAway: 1001,
  policyViolation: 1008,
} as const;
