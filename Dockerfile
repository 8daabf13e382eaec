# Two stages: one makes the executable, the other holds nothing else. There is no shell in it.

FROM denoland/deno:2.9.6 AS build
WORKDIR /weir
COPY deno.json deno.lock main.ts ./
COPY src src
RUN deno task compile

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /weir/dist/weir /weir
# By number, so that an orchestrator can see that it is not root. It writes no files.
USER 65532:65532
WORKDIR /home/nonroot
EXPOSE 3000
# On SIGTERM running answers are finished first: give a stop at least DRAIN_TIMEOUT_MS.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s --retries=3 CMD ["/weir", "healthcheck"]
ENTRYPOINT ["/weir"]
CMD ["serve"]
