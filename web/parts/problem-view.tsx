// A failure with its cause and what to do about it.
import { Alert, Button, Code, Group, Text } from "@mantine/core";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { type ApiProblem, problemOf } from "../api/client.ts";
import { RichHint } from "./rich-hint.tsx";

/** `problem` is one of the API, or any error of a call. */
export function ProblemView({
  problem,
  error,
  again,
  title,
  tone = "failure",
}: {
  problem?: Pick<ApiProblem, "message" | "hint" | "detail" | "code">;
  error?: unknown;
  again?: () => void;
  title?: string;
  /** A warning needs no interruption of whoever listens to the page. */
  tone?: "failure" | "warning";
}) {
  const { code, message, hint, detail } = problem ?? problemOf(error);
  return (
    <Alert
      color={tone === "failure" ? "red" : "yellow"}
      icon={
        tone === "failure" ? <CircleAlert size={20} aria-hidden /> : <TriangleAlert size={20} aria-hidden />
      }
      title={title ?? message}
      role={tone === "failure" ? "alert" : "note"}
    >
      {title === undefined ? null : <Text size="sm">{message}</Text>}
      <RichHint text={hint} />
      {detail === null || detail === "" ? null : (
        <Code block mt="sm" className="verbatim" style={{ maxHeight: 220, overflow: "auto" }}>
          {detail}
        </Code>
      )}
      <Group mt="sm" gap="md">
        {again === undefined ? null : (
          <Button size="xs" variant="default" onClick={again}>
            Try again
          </Button>
        )}
        <Text size="xs" className="verbatim">
          {code}
        </Text>
      </Group>
    </Alert>
  );
}
