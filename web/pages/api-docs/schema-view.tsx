// A schema as a list of its properties; what is described elsewhere, or lies deep, opens when it is wanted.
import { Anchor, Text } from "@mantine/core";
import { createContext, useContext, useState } from "react";
import type { Schema } from "./document.ts";
import classes from "./schema.module.css";
import { choicesOf, coreOf, nameOfRef, typeWords } from "./schema-words.ts";

export const Schemas = createContext<Readonly<Record<string, Schema>>>({});

/** So deep it is open from the start. */
const OPEN_DEPTH = 1;

export function SchemaView({ schema, depth = 0 }: { schema: Schema; depth?: number }) {
  const core = useResolved(coreOf(schema));
  const choices = choicesOf(core);
  const properties = Object.entries(core.properties ?? {});
  if (choices.length > 1)
    return (
      <ul className={classes.list}>
        {choices.map((choice, at) => (
          <li key={JSON.stringify(choice)} className={classes.choice}>
            <Text size="xs" c="dimmed">
              {at === 0 ? "either" : "or"}
            </Text>
            <Inside schema={choice} depth={depth} />
          </li>
        ))}
      </ul>
    );
  if (properties.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {typeWords(core)}
      </Text>
    );
  return (
    <ul className={classes.list}>
      {properties.map(([name, property]) => (
        <Property
          key={name}
          name={name}
          schema={property}
          isRequired={core.required?.includes(name) === true}
          depth={depth}
        />
      ))}
    </ul>
  );
}

function Inside({ schema, depth }: { schema: Schema; depth: number }) {
  const core = coreOf(schema);
  const isPlain = core.$ref === undefined && core.properties === undefined && choicesOf(core).length < 2;
  return isPlain ? <Text size="sm">{typeWords(schema)}</Text> : <SchemaView schema={schema} depth={depth} />;
}

function Property({
  name,
  schema,
  isRequired,
  depth,
}: {
  name: string;
  schema: Schema;
  isRequired: boolean;
  depth: number;
}) {
  const core = coreOf(schema);
  const hasMore =
    core.$ref !== undefined ||
    core.properties !== undefined ||
    choicesOf(core).some((choice) => choice.properties !== undefined || choice.$ref !== undefined);
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH && core.$ref === undefined && hasMore);
  return (
    <li className={classes.property}>
      <Text size="sm" component="div" className="breakable">
        <b className="verbatim">{name}</b>
        {isRequired ? null : (
          <Text span size="xs" c="dimmed">
            {" "}
            optional
          </Text>
        )}{" "}
        <Text span size="sm" c="dimmed">
          {typeWords(schema)}
        </Text>{" "}
        {hasMore ? (
          <Anchor
            component="button"
            type="button"
            size="xs"
            onClick={() => setOpen(!isOpen)}
            aria-expanded={isOpen}
            aria-label={`${isOpen ? "Hide" : "Show"} what ${name} has`}
          >
            {isOpen ? "hide" : "show"}
          </Anchor>
        ) : null}
      </Text>
      {schema.description === undefined ? null : <Text size="xs">{schema.description}</Text>}
      {hasMore && isOpen ? <SchemaView schema={core} depth={depth + 1} /> : null}
    </li>
  );
}

function useResolved(schema: Schema): Schema {
  const schemas = useContext(Schemas);
  return schema.$ref === undefined ? schema : (schemas[nameOfRef(schema.$ref)] ?? {});
}
