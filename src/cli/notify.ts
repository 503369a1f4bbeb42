// pobsync notify: send a test, or words of one's own, and see whether they arrive; the site's ping as well.
import {
  channelsThatAreOn,
  channelsToTell,
  type Notified,
  notifyNow,
  ownMessage,
  testMessage,
} from "../actions/notify-now.ts";
import { testSitePing } from "../actions/test-ping.ts";
import { badInput } from "../domain/problem.ts";
import { notifiedJson, pingedJson } from "../shapes/channel-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import type { Output } from "./output.ts";

interface Options {
  readonly test?: string | true;
  readonly channel?: string;
  readonly subject?: string;
  readonly body?: string;
  readonly severity?: string;
}

export const define: DefineCommand = (command, { app, output, stop, exit }) => {
  command
    .option(
      "--test [channel]",
      "send a test to this channel, or to all that are switched on, and the site's ping",
    )
    .option("--channel <channel>", "send to this channel alone")
    .option("--subject <text>", "words of your own in place of the test")
    .option("--body <text>", "and more of them")
    .option("--severity <info|warning|bad>", "how it looks (default: info)")
    .addHelpText(
      "after",
      helpEnd(
        [
          "pobsync notify --test phone",
          'pobsync notify --channel ops --subject "The backup disk is replaced at noon"',
        ],
        "0 arrived everywhere, 1 did not arrive somewhere, 2 refused input, 5 no such channel, 6 not set up",
      ),
    )
    .action(async ({ test, channel, ...words }: Options) => {
      if (test === undefined && words.subject === undefined)
        command.error("say --test, or what is to be said: --subject TEXT");
      if (test !== undefined && words.subject !== undefined)
        throw badInput("--subject", words.subject, "and --test contradict each other.");
      const message = words.subject === undefined ? null : ownMessage(words);
      const opened = await app();
      const items: Notified[] = [];
      const only = typeof test === "string" ? test : channel;
      const ping = message === null && only === undefined ? await testSitePing(opened, stop) : null;
      if (ping?.problem != null) output.problem(ping.problem);
      for (const one of ping === null
        ? await channelsToTell(opened, only)
        : await channelsThatAreOn(opened)) {
        const told = await notifyNow(opened, one, message ?? testMessage(one.name), stop);
        items.push(told);
        if (told.problem !== null) output.problem(told.problem);
      }
      if (items.some(({ problem }) => problem !== null) || ping?.problem != null) exit(1);
      output.result({ items: items.map(notifiedJson), next: null, ping: pingedJson(ping) }, () =>
        [
          ...items.map(({ channel: name, problem }) => lineOf(output, name, problem === null, "message")),
          ...(ping === null
            ? []
            : [lineOf(output, "Its service", ping.problem === null, "ping of the site")]),
        ].join("\n"),
      );
    });
};

const lineOf = (output: Output, name: string, isTaken: boolean, what: string): string =>
  isTaken
    ? `${output.style("green", "✓")} ${output.style("bold", name)} has taken the ${what}.`
    : `${output.style("red", "✗")} ${output.style("bold", name)} has not taken the ${what}: see above.`;
