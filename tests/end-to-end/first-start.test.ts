// From a terminal to the first account, out and in again, with a second factor.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { codeOf, PASSWORD } from "../support/people.ts";
import { type Visit, visit } from "../support/visit.ts";

let at: Visit;
beforeAll(async () => {
  at = await visit({ bare: true });
});
afterEach((test) => at.check(test));
afterAll(() => at.close());

const STEP_MS = 30_000;
const field = (name: string) => at.page.getByRole("textbox", { name });
const button = (name: string) => at.page.getByRole("button", { name, exact: true });

async function signIn(password: string): Promise<void> {
  await field("Username").fill("ada");
  await field("Password").fill(password);
  await button("Sign in").click();
}

async function signOut(): Promise<void> {
  await at.page.getByRole("button", { name: "Account: ada" }).click();
  await at.page.getByRole("menuitem", { name: "Sign out" }).click();
  await button("Sign in").waitFor();
}

describe("the first start", () => {
  it("lets whoever reads the terminal make the first account, and only once", async () => {
    const { page, site } = at;
    await at.goTo("/setup");
    await page.getByLabel("Code from the terminal").fill("not the code");
    await field("Username").fill("ada");
    await field("Password").fill(PASSWORD);
    await field("Once more").fill(PASSWORD);
    await button("Make the account").click();
    await page.getByRole("alert").getByText("That is not the code.").waitFor();
    await page.getByLabel("Code from the terminal").fill(site.setupCode);
    await button("Make the account").click();
    await page.getByRole("heading", { name: "Welcome. Four steps to the first backup" }).waitFor();
    expect(at.address()).toBe("/");
    const again = { code: site.setupCode, username: "eve", password: `${PASSWORD} too` };
    await expect(site.ask("POST", "/api/setup", again)).rejects.toThrow(
      /: 403 .*There is an account already/,
    );
    await signOut();
    await at.goTo("/setup");
    await button("Sign in").waitFor();
    expect(await page.getByLabel("Code from the terminal").count()).toBe(0);
  });
});

describe("signing in", () => {
  it("says that a password is wrong, and lets the right one in to the page that was asked for", async () => {
    await at.goTo("/settings");
    await signIn("not my password");
    await at.page.getByRole("alert").getByText("The username or the password is not right.").waitFor();
    await signIn(PASSWORD);
    await at.page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
    expect(at.address()).toBe("/settings");
  });

  it("asks for the second factor once somebody has set it up, and takes a recovery code once", async () => {
    const { page } = at;
    await at.goTo("/account");
    await button("Set it up").click();
    const shown = await page.getByText(/^([A-Z2-7]{4} )+[A-Z2-7]{1,4}$/).innerText();
    const secret = shown.replaceAll(" ", "");
    await page.getByRole("img", { name: "QR code for the app" }).waitFor();
    await page.getByLabel("Type the code that the app shows now").fill(codeOf(secret, new Date()));
    await button("Switch it on").click();
    const [recovery = ""] = (await page.getByLabel("Recovery codes").last().innerText()).split("\n");
    await button("I have kept them").click();
    await signOut();
    await signIn(PASSWORD);
    const code = field("Code");
    await code.fill("000000");
    await button("Sign in").click();
    await page.getByRole("alert").getByText("That code is not right, or it was used already.").waitFor();
    await code.fill(recovery);
    await button("Sign in").click();
    await page.getByRole("button", { name: "Account: ada" }).waitFor();
    await signOut();
    await signIn(PASSWORD);
    await code.fill(recovery);
    await button("Sign in").click();
    await page.getByRole("alert").getByText("That code is not right, or it was used already.").waitFor();
    // The app has shown another one by now, or will within half a minute: that one is welcome as well.
    await code.fill(codeOf(secret, new Date(Date.now() + STEP_MS)));
    await button("Sign in").click();
    await page.getByRole("button", { name: "Account: ada" }).waitFor();
  });
});
