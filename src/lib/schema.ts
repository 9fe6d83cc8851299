import Type from 'typebox';

/** Schemas that many descriptions need. One with an `$id` is a component of `openapi.json`. */

/** OpenAPI 3.0 spells the union with null `nullable`. */
export const nullable = <Schema extends Type.TSchema>(schema: Schema, options: Type.TSchemaOptions = {}) =>
  Type.Union([schema, Type.Null()], options);

export const TEXTS = Type.Array(Type.String());
export const INTEGER = Type.Integer({ format: 'int64' });
/** As many as a number holds to the last one. */
export const SECONDS = Type.Integer({
  format: 'int64',
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
});
/** RFC 3339. */
export const TIME = Type.String({ format: 'date-time' });
/** An object whose members are not ours to know. */
export const CLAIMS = Type.Record(Type.String(), Type.Unknown());
/** Any JSON value, kept as it came. */
export const RAW_JSON = Type.Unknown({ $id: 'JSONRawMessage' });
