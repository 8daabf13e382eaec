/** The right answers with one thing wrong: a value, a text, an event too many or too few. */

import { HOSTILE_TEXTS } from "../hostile_texts.ts";
import { wireOf } from "../hostile_input.ts";
import { inTurn } from "../choice.ts";
import {
  HOSTILE_VALUES,
  type HostileValue,
  jsonWith,
  placesOf,
  shown,
  textPlacesOf,
  wrongAt,
} from "../hostile_values.ts";
import { GOOD_ANSWERS, type GoodAnswer } from "./good_answers.ts";
import { ANSWERED, type HostileAnswer, jsonAnswer, streamAnswer } from "./hostile_answer.ts";

/** Of the values, how many take turns at a place; at numbers of events and blocks all do. */
const VALUES_A_PLACE = 3;
const INDEX = /^(index|output_index|content_index|contentBlockIndex|sequence_number)$/;
const INDEXES = ["-1", "1", "127", "65536", "2147483648", "9007199254740993", "1e300", "0.5"];
const MANY_EVENTS = 300;

type Named = Omit<HostileAnswer, "statuses">;

/** Each place of a value with what is not for it, and without it. */
function wrongOnes(value: unknown, turn: number): readonly HostileValue[] {
  return placesOf(value).flatMap((place, at) => [
    ...wrongAt(value, place, inTurn(HOSTILE_VALUES, VALUES_A_PLACE, turn + at)),
    ...(INDEX.test(String(place.at(-1))) ? INDEXES : []).map((json) => ({
      name: `${json} as ${shown(place)}`,
      json: jsonWith(value, place, json),
    })),
  ]);
}

function wholes(good: GoodAnswer, turn: number): readonly Named[] {
  return wrongOnes(good.whole, turn).map(({ name, json }) => ({
    name: `${good.format}: ${name}`,
    format: good.format,
    isStream: false,
    wire: jsonAnswer(wireOf(json)),
  }));
}

function framesOf({ events, frame }: GoodAnswer): string[] {
  return events.map((event) => frame(JSON.stringify(event), event));
}

function stream(good: GoodAnswer, name: string, frames: readonly string[]): Named {
  const { format, streamType, endMark } = good;
  return {
    name: `${format}, streamed: ${name}`,
    format,
    isStream: true,
    wire: streamAnswer(streamType, frames.join("") + endMark),
  };
}

/** Each event with one thing wrong. */
function wrongEvents(good: GoodAnswer, turn: number): readonly Named[] {
  const frames = framesOf(good);
  return good.events.flatMap((event, at) =>
    wrongOnes(event, turn + at * 7).map(({ name, json }) =>
      stream(good, `${name} in event ${at}`, frames.with(at, good.frame(json, event)))
    )
  );
}

/** Events that are right, and come when they should not. */
function wrongOrders(good: GoodAnswer): readonly Named[] {
  const frames = framesOf(good);
  const { endMark } = good;
  const first = frames[0] ?? "";
  return [
    ...frames.flatMap((frame, at) => [
      stream(good, `without event ${at}`, frames.toSpliced(at, 1)),
      stream(good, `event ${at} twice`, frames.toSpliced(at, 0, frame)),
      stream(good, `event ${at} alone`, [frame]),
      stream(good, `event ${at} first`, [frame, ...frames.toSpliced(at, 1)]),
      stream(good, `event ${at} last`, [...frames.toSpliced(at, 1), frame]),
      stream(good, `event ${at} behind the end`, [...frames, endMark, frame]),
      stream(good, `event ${at} many times`, [
        ...frames.slice(0, at),
        frame.repeat(MANY_EVENTS),
        ...frames.slice(at),
      ]),
      stream(good, `event ${at} cut`, frames.with(at, frame.slice(0, frame.length / 2))),
    ]),
    stream(good, "backwards", frames.toReversed()),
    stream(good, "twice", [...frames, ...frames]),
    stream(good, "twice with its end", [...frames, endMark, ...frames]),
    stream(good, "the end first", [endMark, ...frames]),
    stream(good, "the end alone", []),
    stream(good, "the end many times", [...frames, endMark.repeat(MANY_EVENTS)]),
    stream(good, "noise behind it", [...frames, "\x00\xff\xfe garbage \r\n\r\n"]),
    stream(good, "noise in front of it", ["\x00\xff\xfe garbage \r\n\r\n", first]),
  ];
}

/** Each text in turn, in each place of an event where a text stands. */
function wrongTexts(good: GoodAnswer): readonly Named[] {
  const frames = framesOf(good);
  const places = good.events.flatMap((event, at) =>
    textPlacesOf(event).map((place) => ({ event, at, place }))
  );
  return HOSTILE_TEXTS.flatMap(({ name, text }, turn) => {
    const found = places[turn * 5 % places.length];
    if (found === undefined) return [];
    const { event, at, place } = found;
    const json = jsonWith(event, place, JSON.stringify(text));
    return [
      stream(
        good,
        `${name} for the text ${shown(place)} of event ${at}`,
        frames.with(at, good.frame(json, event)),
      ),
    ];
  });
}

export const mutatedAnswers: readonly HostileAnswer[] = GOOD_ANSWERS.flatMap((good, turn) => [
  ...wholes(good, turn),
  ...wrongEvents(good, turn),
  ...wrongOrders(good),
  ...wrongTexts(good),
]).map((answer) => ({ ...answer, statuses: ANSWERED }));
