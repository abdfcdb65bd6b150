// Whether operations are to be traced, which the browser remembers, and the last run, which it does not.
import { useSyncExternalStore } from 'react';
import { storage } from '../storage.js';

const watchers = new Set();
let state = { tracing: storage.getItem('tracing') !== 'off', run: null };

function change(part) {
  state = { ...state, ...part };
  watchers.forEach((watcher) => watcher());
}

function watch(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export const tracing = () => state.tracing;

export function setTracing(on) {
  storage.setItem('tracing', on ? 'on' : 'off');
  change({ tracing: on });
}

// A run is { name, traced: whether a trace was asked for, executed: whether the server ran it, trace: what it told }.
export const finish = (run) => change({ run });

export const useTracing = () => useSyncExternalStore(watch, () => state);
