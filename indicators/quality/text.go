package quality

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// textf makes a text of two formats. An argument that is a text itself, or an amount, goes in as each language has it.
func textf(zh, en string, args ...any) events.Text {
	return events.Text{ZH: fmt.Sprintf(zh, wordsIn(events.Chinese, args)...), EN: fmt.Sprintf(en, wordsIn(events.English, args)...)}
}

func wordsIn(lang events.Lang, args []any) []any {
	out := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case events.Text:
			out[i] = v.In(lang)
		case events.Money:
			out[i] = yuan(v).In(lang)
		case events.Position:
			out[i] = standing(v).In(lang)
		default:
			out[i] = arg
		}
	}
	return out
}

// yuan writes an amount, and from ten thousand yuan on also as people say it: 18000000.00 元（1800 万元）.
func yuan(m events.Money) events.Text {
	plain := m.String()
	whole, fen, _ := strings.Cut(plain, ".")
	t := events.Text{ZH: plain + " 元", EN: thousands(whole) + "." + fen + " yuan"}
	if m >= tenThousand {
		t.ZH += "（" + tens(m) + " 万元）"
		t.EN += " (" + tens(m) + " 万元)"
	}
	return t
}

// tenThousand is 1 万元 in fen: by so much an amount is wrong where 元 and 万元 were mixed up.
const (
	slip        = 10_000
	tenThousand = slip * 100
)

// tens writes an amount in ten thousands of yuan, without trailing zeros.
func tens(m events.Money) string {
	frac := strings.TrimRight(fmt.Sprintf("%06d", m%tenThousand), "0")
	if frac != "" {
		frac = "." + frac
	}
	return strconv.FormatInt(int64(m/tenThousand), 10) + frac
}

// thousands puts a comma between groups of three digits.
func thousands(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// unrecorded is where the positions begin that events of a request have as long as they have none in the log.
const unrecorded = events.Position(1) << 63

// standing says where another event stands.
func standing(at events.Position) events.Text {
	if at >= unrecorded {
		return textf("同一批的第 %d 个", "event %d of the same request", int(at-unrecorded)+1)
	}
	return events.Text{ZH: "位置 " + at.String(), EN: at.String()}
}
