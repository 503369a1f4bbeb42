// pobsync enroll: a key for one host alone, the line that makes the host accept it, and the proof that it does.
import {
  type Enrolment,
  grantRestore,
  prepareEnrolment,
  revokeKeys,
  type Trial,
  tryEnrolment,
} from "../actions/enroll.ts";
import { type Access, parseAccess, parseAccount } from "../domain/identity.ts";
import { PROBLEMS } from "../domain/problem-catalogue.ts";
import { parseDuration } from "../domain/quantity.ts";
import { parseLayer } from "../domain/settings.ts";
import { checkFacts } from "../shapes/check-shapes.ts";
import { enrolmentJson, revocationJson } from "../shapes/enroll-shapes.ts";
import { askSecrets } from "./ask-secret.ts";
import { stepText } from "./check-host.ts";
import { type CommandContext, type DefineCommand, helpEnd } from "./command.ts";
import { enrolledText, invitationText } from "./enroll-text.ts";

interface Options {
  readonly address?: string;
  readonly port?: string;
  readonly as?: string;
  readonly user?: string;
  readonly key?: string;
  readonly rotate?: boolean;
  readonly restore?: boolean;
  readonly for: string;
  readonly revoke?: boolean;
  readonly print?: boolean;
}

const MINUTE = 60;
const DAY = 86_400;

const NOTES = `It makes a key for this host alone and prints one line for a shell on the host, which lets that key in and lets it
do no more than it must. On a terminal it waits until the line was pasted there; then it signs in, and from then on
backups use the new key. Until then nothing changes for them. Calling it again goes on where it was.

What the host lets the key do, --as:
  sudo  read everything, through the account pobsync and a narrow sudo rule (the usual way)
  root  read everything, through the account of root
  user  read what an ordinary account may read, named with --user
  full  all that root may, which hooks on the host need

The private key is kept in the database, sealed with the secret key of this server's state folder, and handed to ssh in
memory. It can only read, so that restoring onto the host asks for --restore: a second key that may write, and that host
and server forget after a few hours.`;

export const define: DefineCommand = (command, context) => {
  command
    .argument("<host>", "name of the host; a new one also needs --address")
    .option("--address <address>", "IP address or DNS name; makes the host, or changes its address")
    .option("--port <port>", "ssh port")
    .option("--as <sudo|root|user|full>", "what the host lets the key do (default: sudo)")
    .option("--user <account>", "account on the host (default: pobsync, or root with --as root and full)")
    .option("--key <file>", "take this private key, which exists already, in place of a new one")
    .option("--rotate", "make a new key; the old one stays in use until the host accepts the new one")
    .option("--restore", "a key that may write, for a restore onto the host")
    .option("--for <duration>", "how long the key of --restore is accepted", "8h")
    .option("--revoke", "forget all keys made for the host; prints the line that removes them there")
    .option("--print", "print the line and nothing else, and don't ask the host yet")
    .addHelpText(
      "after",
      `${helpEnd(
        [
          "pobsync enroll web1 --address web1.example.org",
          "pobsync enroll web1 --print | ssh root@web1.example.org sh && pobsync enroll web1",
          "pobsync enroll web1 --rotate",
          "pobsync enroll web1 --restore --for 2h",
        ],
        "0 the host accepts the key, 1 it does not (yet), 2 refused input, 5 no such host, 6 not set up, 130 interrupted",
      )}\n\n${NOTES}`,
    )
    .action(async (name: string, options: Options) => {
      const { app, output } = context;
      if (options.restore === true && (options.rotate === true || options.key !== undefined))
        command.error("--restore makes a key of its own; it goes with neither --rotate nor --key");
      const opened = await app();
      if (options.revoke === true) {
        const revoked = await revokeKeys(opened, name);
        output.note(`pobsync signs in to ${name} with none of its keys any more. On ${name}, as root:\n`);
        return output.result(revocationJson(revoked), () => revoked.line);
      }
      const [access, user] = [accessFrom(options.as), options.user && parseAccount(options.user)];
      const wish = { access, user: user || null };
      const enrolment =
        options.restore === true
          ? await grantRestore(opened, name, {
              ...wish,
              seconds: parseDuration("--for", options.for, MINUTE, 7 * DAY),
            })
          : await prepareEnrolment(opened, name, {
              ...wish,
              ...(options.address === undefined ? {} : { address: options.address }),
              settings: parseLayer(options.port === undefined ? {} : { sshPort: options.port }),
              rotate: options.rotate === true,
              keyFile: options.key ?? null,
            });
      if (options.print === true) return output.result(enrolmentJson(enrolment, null), () => enrolment.line);
      await prove(context, enrolment);
    });
};

const accessFrom = (given: string | undefined): Access | null =>
  given === undefined ? null : parseAccess(given);

/** On a terminal, as often as somebody wants; else once. */
async function prove(context: CommandContext, enrolment: Enrolment): Promise<void> {
  const { app, output, stop, exit } = context;
  const isAsking = process.stdin.isTTY === true && output.animated;
  output.note(invitationText(output, enrolment));
  for (;;) {
    if (isAsking) await askSecrets(["Press Enter when it is done there"], stop);
    const trial = await tryEnrolment(await app(), enrolment, stop);
    const isOver = trial.isAccepted || !isAsking;
    if (isOver) output.result(enrolmentJson(enrolment, trial), () => trialText(context, trial));
    else output.note(trialText(context, trial));
    for (const { problem } of trial.steps)
      if (problem !== null) output.problem(checkFacts(enrolment.host, problem));
    if (trial.isAccepted) output.note(enrolledText(enrolment, trial));
    if (!isOver) continue;
    if (trial.problem !== null) exit(PROBLEMS[trial.problem.code].exitCode);
    return;
  }
}

const trialText = ({ output }: CommandContext, { steps }: Trial): string =>
  steps.map((step) => stepText(output, step)).join("\n");
