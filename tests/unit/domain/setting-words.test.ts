// The table from which forms are made knows every setting, and names options that exist.
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import type { CommandContext } from "../../../src/cli/command.ts";
import { define as defineSite } from "../../../src/cli/configure-global.ts";
import { define as defineHost } from "../../../src/cli/configure-host.ts";
import { settingInputs, siteInputs } from "../../../src/contract/api/settings.ts";
import { SETTING_FIELDS } from "../../../src/domain/setting-words.ts";
import { SETTING_NAMES } from "../../../src/domain/settings.ts";

const optionsOf = (define: typeof defineSite): Set<string | undefined> => {
  const command = new Command();
  define(command, {} as CommandContext);
  return new Set(command.options.map(({ long }) => long));
};

describe("settings in words", () => {
  it("are all there, once each, and all can be sent", () => {
    const names = SETTING_FIELDS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(SETTING_NAMES));
    expect(Object.keys(settingInputs).sort()).toEqual([...SETTING_NAMES].sort());
    const ofSite = SETTING_FIELDS.filter(({ inherit, site }) => inherit === null && site !== null).map(
      ({ name }) => name,
    );
    expect(Object.keys(siteInputs).sort()).toEqual([...SETTING_NAMES, ...ofSite].sort());
  });

  it("name the option of each command that sets them", () => {
    const [host, site] = [optionsOf(defineHost), optionsOf(defineSite)];
    for (const field of SETTING_FIELDS) {
      if (field.host !== null) expect(host).toContain(field.host);
      if (field.site !== null) expect(site).toContain(field.site);
    }
  });

  it("offer choices exactly where one is to be chosen", () => {
    for (const { kind, choices } of SETTING_FIELDS) expect(choices !== undefined).toBe(kind === "choice");
  });
});
