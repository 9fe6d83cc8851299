import type { CreateTableBuilder, SchemaModule } from 'kysely';
import type { Dialect } from '../dialects/dialect.ts';

/** `create table` with what the engine has to be told about every table. */
export const tableMaker =
  ({ schema }: { readonly schema: SchemaModule }, { tableOptions }: Dialect) =>
  (name: string): CreateTableBuilder<string> => {
    const builder = schema.createTable(name);
    return tableOptions ? builder.modifyEnd(tableOptions) : builder;
  };
