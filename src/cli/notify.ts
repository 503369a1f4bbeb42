// pobsync notify: send a test, or words of one's own, and see whether they arrive.
import { channelsToTell, type Notified, notifyNow, ownMessage, testMessage } from "../actions/notify-now.ts";
import { badInput } from "../domain/problem.ts";
import { notifiedJson } from "../shapes/channel-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";

interface Options {
  readonly test?: string | true;
  readonly channel?: string;
  readonly subject?: string;
  readonly body?: string;
  readonly severity?: string;
}

export const define: DefineCommand = (command, { app, output, stop, exit }) => {
  command
    .option("--test [channel]", "send a test to this channel, or to all that are switched on")
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
      for (const one of await channelsToTell(opened, typeof test === "string" ? test : channel)) {
        const told = await notifyNow(opened, one, message ?? testMessage(one.name), stop);
        items.push(told);
        if (told.problem !== null) output.problem(told.problem);
      }
      if (items.some(({ problem }) => problem !== null)) exit(1);
      output.result({ items: items.map(notifiedJson), next: null }, () =>
        items
          .map(({ channel: name, problem }) =>
            problem === null
              ? `${output.style("green", "✓")} ${output.style("bold", name)} has taken the message.`
              : `${output.style("red", "✗")} ${output.style("bold", name)} has not: see above.`,
          )
          .join("\n"),
      );
    });
};
