package main

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/indicators/api"
)

// converted is a value as it goes into an event, with a note if it is not what the user typed.
type converted struct {
	value any
	note  string // 13万元 = 130 000.00 元
}

// convert turns what was typed into a value of the field's kind. It only translates ways of writing; what it does not
// understand goes out as text, and the server refuses it with the reason.
func convert(f *api.Field, s string) converted {
	if f == nil {
		return converted{value: s}
	}
	if f.Nullable && (s == "null" || s == "") {
		return converted{}
	}
	switch f.Kind {
	case "integer":
		if plain, ok := plainNumber(s); ok {
			return converted{value: json.Number(plain), note: noteNumber(s, plain)}
		}
	case "money":
		if plain, ok := plainNumber(s); ok {
			return converted{value: plain, note: noteMoney(s, plain)}
		}
	case "decimal":
		if plain, ok := plainNumber(s); ok {
			return converted{value: plain, note: noteNumber(s, plain)}
		}
	case "boolean":
		if b, ok := parseBool(s); ok {
			return converted{value: b}
		}
	case "date":
		if d, ok := plainDate(s); ok {
			return converted{value: d}
		}
	case "array":
		return convertList(f.Items, s)
	case "string":
		return converted{value: enumValue(f, s)}
	}
	return converted{value: s}
}

// convertList splits a list at commas; what holds a comma itself is given item by item, as field.0=...
func convertList(items *api.Field, s string) converted {
	list := []any{}
	var notes []string
	for part := range strings.SplitSeq(strings.ReplaceAll(s, "，", ","), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		c := convert(items, part)
		list = append(list, c.value)
		if c.note != "" {
			notes = append(notes, c.note)
		}
	}
	return converted{list, strings.Join(notes, ", ")}
}

// enumValue lets a value be given by its title: kind=发明 is kind=invention.
func enumValue(f *api.Field, s string) string {
	for _, value := range f.Enum {
		if title := f.EnumTitles[value]; s != "" && (title.ZH == s || strings.EqualFold(title.EN, s)) {
			return value
		}
	}
	return s
}

func parseBool(s string) (value, ok bool) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "yes", "是":
		return true, true
	case "false", "no", "否":
		return false, true
	}
	return false, false
}

// plainDate reads the ways in which people write a date: 2018-3-1, 2018/03/01, 2018.3.1, 2018年3月1日. Whether there is
// such a day is for the server to say.
func plainDate(s string) (string, bool) {
	s = strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-").Replace(halfWidth(s))
	parts := strings.Split(s, "-")
	if len(parts) != 3 || len(parts[0]) != 4 {
		return "", false
	}
	for i, p := range parts {
		if _, err := strconv.ParseUint(p, 10, 16); err != nil || i > 0 && len(p) > 2 {
			return "", false
		}
		if i > 0 && len(p) == 1 {
			parts[i] = "0" + p
		}
	}
	return strings.Join(parts, "-"), true
}
