import {spawnSync} from 'node:child_process'
import {globSync, readFileSync} from 'node:fs'
import {installPrerequisites} from './prerequisites.ts'

/** SC2034 and SC2154: what a program sets or reads may be the business of the script that it becomes a part of. */
const OPTIONS = ['--severity', 'warning', '--exclude', 'SC2034,SC2154', '-']

/** Every hole stands for a word. */
const filled = (text: string): string => text.replaceAll(/@\{\w+\}/g, '1')

function troubles(path: string): string {
  const text = filled(readFileSync(path, 'utf8'))
  const shell = text.startsWith('#!/usr/bin/env bash') || text.startsWith('#!/bin/bash') ? 'bash' : 'sh'
  const {stdout, stderr, error} = spawnSync('shellcheck', ['--shell', shell, ...OPTIONS], {
    input: text,
    encoding: 'utf8',
  })
  return error === undefined ? `${stdout}${stderr}` : error.message
}

installPrerequisites()
const wrong = globSync('templates/**/*.sh').flatMap(path => {
  const found = troubles(path)
  return found === '' ? [] : [`${path}\n${found}`]
})
console.log(wrong.join('\n'))
process.exitCode = wrong.length === 0 ? 0 : 1
