// The OpenAPI document as far as it is shown: operations by their tags, and schemas by their names.

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly examples?: readonly unknown[];
  readonly description?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface StoredOperation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses?: Readonly<Record<string, Content & { readonly description?: string }>>;
  readonly "x-access"?: string;
}

export interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, StoredOperation>>>>;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly tag: string;
  readonly access: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | null;
  readonly answers: readonly Answer[];
}

export interface Answer {
  readonly status: string;
  readonly description: string;
  readonly type: string | null;
  readonly schema: Schema | null;
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

/** The document is our own server's; what it has not is left out rather than complained of. */
export function operationsOf(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => {
      const operation = methods[method];
      if (operation === undefined) return [];
      const [, body = null] = firstContent(operation.requestBody);
      return [
        {
          id: operation.operationId ?? `${method} ${path}`,
          method: method.toUpperCase(),
          path,
          summary: operation.summary ?? "",
          description: operation.description ?? "",
          tag: operation.tags?.[0] ?? "",
          access: operation["x-access"] ?? "",
          parameters: operation.parameters ?? [],
          body,
          answers: Object.entries(operation.responses ?? {}).map(([status, answer]) => {
            const [type = null, schema = null] = firstContent(answer);
            return { status, description: answer.description ?? "", type, schema };
          }),
        },
      ];
    }),
  );
}

function firstContent(holder: Content | undefined): [string?, (Schema | null)?] {
  const [entry] = Object.entries(holder?.content ?? {});
  return entry === undefined ? [] : [entry[0], entry[1].schema ?? null];
}

/** Those in whose words all that is looked for comes up. */
export function matching(operations: readonly Operation[], wanted: string): Operation[] {
  const words = wanted
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return operations.filter(({ method, path, summary, description, tag, id }) => {
    const text = `${method} ${path} ${summary} ${description} ${tag} ${id}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Tags in the order in which they first come up, each with its operations. */
export const byTag = (operations: readonly Operation[]): [string, Operation[]][] =>
  Object.entries(Object.groupBy(operations, ({ tag }) => tag)).map(([tag, group]) => [tag, group ?? []]);
