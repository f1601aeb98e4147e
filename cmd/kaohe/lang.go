package main

import (
	"errors"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kaohe/kaohe/events"
)

// language finds the language of a command line before it is parsed, as the help texts depend on it: --lang, else the
// locale, else English. A wrong --lang is reported by the parser later.
func language(args []string, env func(string) string) events.Lang {
	for i, arg := range args {
		value, ok := strings.CutPrefix(arg, "--lang=")
		if arg == "--lang" && i+1 < len(args) {
			value, ok = args[i+1], true
		}
		if arg == "--" {
			break
		}
		if ok && events.Lang(value) == events.Chinese {
			return events.Chinese
		}
		if ok {
			return events.English
		}
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := env(name); value != "" {
			if strings.HasPrefix(strings.ToLower(value), "zh") {
				return events.Chinese
			}
			return events.English
		}
	}
	return events.English
}

// langValue is the flag --lang.
type langValue struct{ lang *events.Lang }

func (v langValue) String() string { return string(*v.lang) }
func (v langValue) Type() string   { return "zh|en" }

func (v langValue) Set(s string) error {
	switch lang := events.Lang(s); lang {
	case events.Chinese, events.English:
		*v.lang = lang
		return nil
	}
	return errors.New("zh|en")
}

// choiceValue is a flag that takes one of a few words.
type choiceValue struct {
	value   *string
	choices []string
}

func choice(value *string, first string, others ...string) choiceValue {
	*value = first
	return choiceValue{value, append([]string{first}, others...)}
}

func (v choiceValue) String() string { return *v.value }
func (v choiceValue) Type() string   { return strings.Join(v.choices, "|") }

func (v choiceValue) Set(s string) error {
	for _, c := range v.choices {
		if s == c {
			*v.value = s
			return nil
		}
	}
	return errors.New(v.Type())
}

// flagError says in the user's language what is wrong with a flag.
func (c *cli) flagError(err error) error {
	var unknown *pflag.NotExistError
	var lacks *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return c.usagef("没有选项 %s；用 --help 查看", "no flag %s; see --help", dashes(unknown.GetSpecifiedName()))
	case errors.As(err, &lacks):
		return c.usagef("选项 %s 缺少值", "flag %s lacks a value", dashes(lacks.GetSpecifiedName()))
	case errors.As(err, &invalid):
		return c.usagef("选项 --%s 不能是 %q，应为 %s", "flag --%s cannot be %q, expected %s",
			invalid.GetFlag().Name, invalid.GetValue(), c.valueOf(invalid.GetFlag().Value.Type()))
	}
	return codedError{exitUsage, err}
}

// valueOf says what a flag wants. The types of our own flags do so themselves, as in now|then.
func (c *cli) valueOf(typ string) string {
	switch typ {
	case "duration":
		return c.say("时长，如 3s", "a length of time such as 3s")
	case "int":
		return c.say("整数", "a whole number")
	}
	return typ
}

func dashes(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
