// An answer and the trace that came with it, apart: extensions that held nothing else go with it.
export function split(result) {
  const { trace, ...others } = result.extensions ?? {};
  if (!trace) return { answer: result };
  const { extensions, ...answer } = result;
  return { answer: Object.keys(others).length ? { ...answer, extensions: others } : answer, trace };
}
