import { Failure } from "../errors.ts";

/** Why a run's signal was aborted; what a job throws then is taken for this. */
export class RunTimedOut extends Failure {
  readonly retry = "backoff";
  readonly status = 500;

  constructor(timeoutMs: number) {
    super("timed_out", `took longer than ${timeoutMs} ms`);
  }
}

/** Someone asked for it. */
export class RunCancelled extends Failure {
  readonly retry = "never";
  readonly status = 409;

  constructor() {
    super("cancelled", "the run was cancelled");
  }
}

/** We could not renew the lease in time, so another worker may have the run: nothing we say counts. */
export class LeaseLost extends Failure {
  readonly retry = "never";
  readonly status = 500;

  constructor() {
    super("lease_lost", "the worker lost its lease on the run");
  }
}

/** The process ends; another takes the run over. */
export class WorkerStopping extends Failure {
  readonly retry = "never";
  readonly status = 503;

  constructor() {
    super("worker_stopping", "the worker is stopping");
  }
}

/** Runs of a job that this version of the program does not have. A newer one beside it may. */
export class UnknownJob extends Failure {
  readonly retry = "backoff";
  readonly status = 500;

  constructor(job: string) {
    super("unknown_job", `there is no job ${JSON.stringify(job)} in this version`);
  }
}
