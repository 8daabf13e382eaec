# Two stages: one makes the executable, the other holds nothing else. There is no shell in it.

FROM denoland/deno:2.9.6 AS build
WORKDIR /weir
COPY deno.json deno.lock main.ts ./
COPY src src
RUN deno task compile

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /weir/dist/weir /weir
USER nonroot
WORKDIR /home/nonroot
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=2s --retries=3 CMD ["/weir", "healthcheck"]
ENTRYPOINT ["/weir"]
CMD ["serve"]
