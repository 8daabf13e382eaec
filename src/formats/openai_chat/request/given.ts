/** The fields that are neither `undefined` nor null, which OpenAI takes for absent. */
export function given<T extends object>(
  fields: T,
): { readonly [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(fields).filter(([, value]) =>
    value !== undefined && value !== null
  );
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }; // Filtered above.
}
