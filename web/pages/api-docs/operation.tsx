// One operation: a line at first, and everything about it when it is opened.
import { Badge, Box, Stack, Table, Text, Title, UnstyledButton } from "@mantine/core";
import { useContext, useId } from "react";
import { CommandLine } from "../../parts/command-line.tsx";
import type { Answer, Operation, Parameter } from "./document.ts";
import { curlFor } from "./example.ts";
import classes from "./schema.module.css";
import { Schemas, SchemaView } from "./schema-view.tsx";
import { typeWords } from "./schema-words.ts";

const COLORS: Readonly<Record<string, string>> = {
  GET: "blue",
  POST: "teal",
  PUT: "orange",
  PATCH: "orange",
  DELETE: "red",
};

export function OperationItem({
  operation,
  isOpen,
  toggle,
}: {
  operation: Operation;
  isOpen: boolean;
  toggle: () => void;
}) {
  const id = useId();
  const { method, path, summary, access } = operation;
  return (
    <Box className={classes.operation}>
      <UnstyledButton className={classes.head} onClick={toggle} aria-expanded={isOpen} aria-controls={id}>
        <Badge variant="light" color={COLORS[method] ?? "gray"} w={68} radius="sm">
          {method}
        </Badge>
        <span className={classes.path}>{path}</span>
        <Text span size="sm" c="dimmed" className={classes.summary}>
          {summary}
        </Text>
        <Badge variant="light" color="gray" tt="none">
          {access}
        </Badge>
      </UnstyledButton>
      <Box id={id} hidden={!isOpen}>
        {isOpen ? <Details operation={operation} /> : null}
      </Box>
    </Box>
  );
}

function Details({ operation }: { operation: Operation }) {
  const schemas = useContext(Schemas);
  const { description, parameters, body, answers, access } = operation;
  const curl = curlFor(operation, schemas);
  return (
    <Stack gap="md" px={{ base: 4, sm: "md" }} pt="xs" pb="lg">
      {description.split("\n\n").map((line) => (
        <Text key={line} size="sm">
          {line}
        </Text>
      ))}
      {parameters.length === 0 ? null : <Parameters parameters={parameters} />}
      {body === null ? null : (
        <Stack gap={6}>
          <Title order={3} fz="sm">
            Body, as JSON
          </Title>
          <SchemaView schema={body} />
        </Stack>
      )}
      {answers.map((answer) => (
        <AnswerView key={answer.status} answer={answer} />
      ))}
      {curl !== null ? (
        <CommandLine command={curl} />
      ) : access === "signed-in" ? (
        <Text size="sm" c="dimmed">
          Only with the cookie of a session: a token cannot do this.
        </Text>
      ) : null}
    </Stack>
  );
}

function Parameters({ parameters }: { parameters: readonly Parameter[] }) {
  return (
    <Stack gap={6}>
      <Title order={3} fz="sm">
        Parameters
      </Title>
      <Table verticalSpacing={4} aria-label="Parameters" withRowBorders={false}>
        <Table.Tbody>
          {parameters.map((parameter) => (
            <Table.Tr key={`${parameter.in} ${parameter.name}`}>
              <Table.Th scope="row" fz="sm" w="34%" style={{ verticalAlign: "top" }} className="verbatim">
                {parameter.name}
              </Table.Th>
              <Table.Td fz="sm" className="breakable">
                {parameter.schema === undefined ? "text" : typeWords(parameter.schema)}
                <Text span size="xs" c="dimmed">
                  {" "}
                  {parameter.in === "path"
                    ? "in the path"
                    : parameter.required === true
                      ? "in the query"
                      : "in the query, optional"}
                </Text>
                {parameter.description === undefined ? null : <Text size="xs">{parameter.description}</Text>}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}

function AnswerView({ answer: { status, description, type, schema } }: { answer: Answer }) {
  const isFailure = status === "default";
  const words = description === "OK" ? "" : description;
  return (
    <Stack gap={6}>
      <Title order={3} fz="sm">
        {isFailure ? "When it fails" : `Answer ${status}`}
        {type === null || type === "application/json" ? "" : `, ${type}`}
      </Title>
      {words === "" ? null : (
        <Text size="sm" c="dimmed">
          {words}
        </Text>
      )}
      {schema === null || isFailure ? null : <SchemaView schema={schema} />}
    </Stack>
  );
}
