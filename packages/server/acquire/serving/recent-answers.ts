/** Answers kept; a guesser of secrets pushes others out, which costs a look-up and nothing else. */
const LIMIT = 10_000;

/** Answers that may be a little old. What is being asked for is asked once. */
export class RecentAnswers<T> {
  readonly #clock: () => Date;
  readonly #lifetimeMs: number;
  readonly #answers = new Map<string, { readonly answer: T; readonly untilMs: number }>();
  readonly #asking = new Map<string, Promise<T>>();

  constructor(clock: () => Date, lifetimeMs: number) {
    this.#clock = clock;
    this.#lifetimeMs = lifetimeMs;
  }

  get(key: string): T | undefined {
    const known = this.#answers.get(key);
    return known !== undefined && known.untilMs > this.#clock().getTime() ? known.answer : undefined;
  }

  ask(key: string, find: () => Promise<T>): Promise<T> {
    const asking = this.#asking.get(key);
    if (asking !== undefined) return asking;
    const found: Promise<T> = find().then(
      (answer) => {
        if (this.#asking.get(key) !== found) return answer;
        this.#asking.delete(key);
        this.#answers.delete(key);
        this.#answers.set(key, { answer, untilMs: this.#clock().getTime() + this.#lifetimeMs });
        this.#forgetOldest();
        return answer;
      },
      (error: unknown) => {
        if (this.#asking.get(key) === found) this.#asking.delete(key);
        throw error;
      },
    );
    this.#asking.set(key, found);
    return found;
  }

  /** What is being asked for now is not kept either: it may be of before. */
  clear(): void {
    this.#answers.clear();
    this.#asking.clear();
  }

  #forgetOldest(): void {
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= LIMIT) return;
      this.#answers.delete(oldest);
    }
  }
}
