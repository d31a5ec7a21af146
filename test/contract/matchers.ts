import {expect} from 'vitest'

/** A text with this in it; vitest's own gives `any`. */
export const containing = (part: string): unknown => expect.stringContaining(part)

/** A text of this form. */
export const matching = (form: RegExp): unknown => expect.stringMatching(form)
