/** Why no value is made of a schema: it has none, or asks for what is not made here. */
export class SchemaFault extends Error {
  override readonly name = "SchemaFault";
}
