/** How many threads are being loaded, and what waits until none is. */
let loading = 0;
let actions: (() => void)[] = [];

/** A thread is being loaded, until what this gives is called. */
export function noteLoading(): () => void {
  let isOver = false;
  loading++;
  return () => {
    if (isOver) return;
    isOver = true;
    loading--;
    act();
  };
}

/**
 * Does something once no thread is being loaded. V8's flags belong to all threads, and under others than Node was built
 * with, V8 refuses the code that Node keeps of itself: measured, 38 ms of CPU time to load a thread in place of 16.
 */
export function onceLoaded(action: () => void): void {
  actions.push(action);
  act();
}

function act(): void {
  if (loading > 0) return;
  const due = actions;
  actions = [];
  for (const action of due) action();
}
