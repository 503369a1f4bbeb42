// Why a message did not arrive, and whether it is worth trying again.

import { Problem, type ProblemOptions } from "./problem.ts";
import { PROBLEMS, type ProblemCode } from "./problem-catalogue.ts";

export interface DeliveryOptions extends ProblemOptions {
  /** The service said when to come back. */
  readonly retryAfterSeconds?: number | null;
  /** Some have it: sending it once more would give it to them twice. */
  readonly isDelivered?: boolean;
}

/** Says nothing secret: it is stored, logged and shown. */
export class DeliveryProblem extends Problem {
  /** After how many seconds the service wants to be asked again; null where it did not say. */
  readonly retryAfterSeconds: number | null;
  /** Whether somebody has it, though not all. */
  readonly isDelivered: boolean;

  constructor(code: ProblemCode, message: string, options: DeliveryOptions = {}) {
    super(code, message, options);
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.isDelivered = options.isDelivered ?? false;
  }

  /** The same message may arrive later without anybody changing anything. */
  get mayRetry(): boolean {
    return PROBLEMS[this.code].retryable;
  }
}
