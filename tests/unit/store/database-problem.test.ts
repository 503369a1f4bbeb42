// What drivers say, and what of it means that the database is away: those words are waited out, all others are bugs.
import { describe, expect, it } from "vitest";
import { databaseProblem, isDuplicateKey, isLostRace } from "../../../src/store/database-problem.ts";

const error = (facts: object): Error => Object.assign(new Error("as the driver says it"), facts);

describe("a driver's error", () => {
  it.each([
    ["a server that is not there", { code: "ECONNREFUSED", errno: -111 }],
    ["a connection that broke", { code: "ECONNRESET", errno: -104 }],
    ["a server that closed the connection", { code: "PROTOCOL_CONNECTION_LOST", fatal: true }],
    ["a connection that is closed already", { fatal: true }],
    ["a server that shuts down", { code: "ER_SERVER_SHUTDOWN", errno: 1053 }],
    ["a connection that was killed", { code: "ER_CONNECTION_KILLED", errno: 1927 }],
    ["a connection that was killed, by a name the driver does not know", { errno: 1927 }],
    ["too many connections", { code: "ER_CON_COUNT_ERROR", errno: 1040 }],
    ["too many connections of the user", { code: "ER_TOO_MANY_USER_CONNECTIONS", errno: 1203 }],
    ["a node outside of its cluster", { code: "ER_UNKNOWN_COM_ERROR", errno: 1047 }],
    ["a full disk", { code: "ER_DISK_FULL", errno: 1021 }],
    ["a full tablespace", { code: "ER_RECORD_FILE_FULL", errno: 1114 }],
    ["a server that is read-only", { code: "ER_OPTION_PREVENTS_STATEMENT", errno: 1290 }],
    ["SQLite: locked for too long", { code: "ERR_SQLITE_ERROR", errcode: 5 }],
    ["SQLite: locked, extended", { code: "ERR_SQLITE_ERROR", errcode: 517 }],
    ["SQLite: a full disk", { code: "ERR_SQLITE_ERROR", errcode: 13 }],
    ["SQLite: a disk that fails", { code: "ERR_SQLITE_ERROR", errcode: 778 }],
  ])("says that the database is away: %s", (_, facts) => {
    expect(databaseProblem(error(facts))).toMatchObject({ code: "database_unavailable" });
  });

  it.each([
    ["a wrong statement", { code: "ER_PARSE_ERROR", errno: 1064 }],
    ["a key that is taken", { code: "ER_DUP_ENTRY", errno: 1062 }],
    ["a deadlock", { code: "ER_LOCK_DEADLOCK", errno: 1213 }],
    ["SQLite: a key that is taken", { code: "ERR_SQLITE_ERROR", errcode: 2067 }],
    ["SQLite: a wrong statement", { code: "ERR_SQLITE_ERROR", errcode: 1 }],
    ["nothing that a database says", {}],
  ])("is left as it is: %s", (_, facts) => {
    const given = error(facts);
    expect(databaseProblem(given)).toBe(given);
  });

  it("that is a lost race or a taken key is recognised as that", () => {
    expect([1213, 1205, 1062].map((errno) => isLostRace(error({ errno })))).toEqual([true, true, false]);
    expect([1555, 2067, 5].map((errcode) => isDuplicateKey(error({ errcode })))).toEqual([true, true, false]);
  });
});
