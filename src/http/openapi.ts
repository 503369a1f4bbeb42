// The API described to machines: OpenAPI 3.1, made from the contract alone.
import { type AnyContractRouter, isContractProcedure } from "@orpc/contract";
import { type OpenAPI, OpenAPIGenerator } from "@orpc/openapi";
import { ZodToJsonSchemaConverter } from "@orpc/zod/zod4";
import { api } from "../contract/api/api.ts";
import { ProblemAnswerShape } from "../contract/api/documents.ts";
import type { Access, RouteMeta } from "../contract/api/route.ts";
import { SessionShape } from "../contract/api/session.ts";
import * as shapes from "../contract/schemas.ts";
import { routes } from "./implement.ts";
import { PROBLEM_JSON } from "./problem-answer.ts";
import type { Console } from "./request.ts";

const SESSION_NOTE =
  "The cookie that POST /login sets. Behind https its name is `__Host-pobsync`. Every request that changes something also carries the header X-CSRF-Token.";

const WHO: Readonly<Record<Access, string>> = {
  anyone: "Answers without a session or token.",
  "signed-in": "For people who are signed in, whatever their role; not for tokens.",
  viewer: "For viewers and above.",
  operator: "For operators and above.",
  admin: "For admins.",
};

/** Shapes that many answers share, each described once. */
const COMMON = {
  Problem: ProblemAnswerShape,
  Run: shapes.RunShape,
  Snapshot: shapes.SnapshotShape,
  Host: shapes.HostShape,
  HostDetail: shapes.HostDetailShape,
  Site: shapes.SiteShape,
  Schedule: shapes.ScheduleShape,
  Worker: shapes.WorkerShape,
  User: shapes.UserShape,
  Session: SessionShape,
  ApiToken: shapes.ApiTokenShape,
  AuditEntry: shapes.AuditEntryShape,
};

/** The document, made once and for all. */
async function openApiDocument(version: string): Promise<OpenAPI.Document> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(api, {
    info: {
      title: "pobsync",
      version,
      description:
        "Instants are ISO 8601 in UTC, sizes are bytes, lists are `{ items, next }`. What takes long is queued: the answer is 202 and the run. Shapes only grow.",
    },
    servers: [{ url: "/api" }],
    commonSchemas: Object.fromEntries(
      Object.entries(COMMON).map(([name, schema]) => [name, { schema, strategy: "output" as const }]),
    ),
    components: {
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "pobsync", description: SESSION_NOTE },
        csrf: { type: "apiKey", in: "header", name: "X-CSRF-Token" },
        token: { type: "http", scheme: "bearer", description: "What POST /tokens shows once." },
      },
    },
  });
  for (const { path, method, access } of accessOf(api)) {
    const operation = document.paths?.[path]?.[method];
    if (operation !== undefined) tellAccess(operation, access, method !== "get");
  }
  return document;
}

type Method = "get" | "post" | "put" | "patch" | "delete";

/** Who may call each route of the contract. */
function accessOf(router: AnyContractRouter): { path: string; method: Method; access: Access }[] {
  if (!isContractProcedure(router)) return Object.values(router).flatMap(accessOf);
  const { route, meta } = router["~orpc"];
  const method = (route.method ?? "POST").toLowerCase() as Method;
  return [{ path: route.path ?? "", method, access: (meta as RouteMeta).access }];
}

function tellAccess(operation: OpenAPI.OperationObject, access: Access, changes: boolean): void {
  const session = changes ? { session: [], csrf: [] } : { session: [] };
  const ways = access === "signed-in" ? [session] : [session, { token: [] }];
  Object.assign(operation, {
    "x-access": access,
    security: access === "anyone" ? [] : ways,
    description: [operation.description, WHO[access]].filter((line) => line !== undefined).join("\n\n"),
  });
  operation.responses ??= {};
  operation.responses.default = {
    description: "What went wrong, with a code that stays the same and a hint",
    content: { [PROBLEM_JSON]: { schema: { $ref: "#/components/schemas/Problem" } } },
  };
}

/** One a server, made when it is first asked for. */
const made = new WeakMap<Console, Promise<Record<string, unknown>>>();

export const documents = {
  openapi: routes.documents.openapi.handler(({ context: { app, console } }) => {
    const known = made.get(console) ?? openApiDocument(app.version).then((document) => ({ ...document }));
    made.set(console, known);
    return known;
  }),
};
