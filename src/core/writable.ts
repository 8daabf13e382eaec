/**
 * What is put together member by member: to spread members that are mostly there takes ten times as long.
 */
export type Writable<Type> = { -readonly [Name in keyof Type]: Type[Name] };
