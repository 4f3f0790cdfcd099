# Everything is compiled in the first stage; the second has what runs and nothing else.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json tsconfig.sandbox.json ./
COPY scripts ./scripts
COPY sandbox ./sandbox
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY bin ./bin
COPY package.json LICENSE ./
RUN install -d -o node -g node /data && ln -s /app/bin/nightledger.mjs /usr/local/bin/nightledger
USER node
VOLUME /data
EXPOSE 3000
# api, worker and scheduler all answer here. Start period: the first one may wait for migrations.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# SIGTERM is handled; run with --init (compose: init: true) where something must reap orphans.
ENTRYPOINT ["node", "/app/bin/nightledger.mjs"]
CMD ["up"]
