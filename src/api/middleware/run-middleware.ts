import type { Request, RequestHandler, Response } from "express";

/** Runs a middleware by itself: resolves when it calls next, rejects when it passes on an error. */
export async function runMiddleware(
  middleware: RequestHandler,
  request: Request,
  response: Response,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    void middleware(request, response, (error: unknown) => {
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}
