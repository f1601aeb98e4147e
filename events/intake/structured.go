package intake

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kaohe/kaohe/events"
)

// checkSyntax tells a body that is no JSON, a mistake of the sending program, from an event that is wrong.
func checkSyntax(body []byte) error {
	return over(body, func(d *jsontext.Decoder) error {
		array := d.PeekKind() == '['
		if err := d.SkipValue(); err != nil {
			return syntaxError(body, err)
		}
		if array {
			return &detailed{errSyntax, events.Text{
				ZH: "收到的是数组;一批事件请用 " + MediaBatch, EN: "This is an array; send a batch of events as " + MediaBatch + "."}}
		}
		if err := atEnd(d); err != nil {
			return syntaxError(body, err)
		}
		return nil
	})
}

// splitBatch cuts a JSON array into its items. It stops at once when there are too many.
func splitBatch(body []byte) (raw [][]byte, err error) {
	err = over(body, func(d *jsontext.Decoder) error {
		if k := d.PeekKind(); k != '[' && k != 0 {
			return &detailed{errSyntax, events.Text{
				ZH: "一批事件应为 JSON 数组;单个事件请用 " + MediaEvent, EN: "A batch must be a JSON array; send a single event as " + MediaEvent + "."}}
		}
		if _, err := d.ReadToken(); err != nil {
			return syntaxError(body, err)
		}
		for d.PeekKind() != ']' {
			if len(raw) == MaxBatch {
				return ErrTooMany
			}
			item, err := d.ReadValue()
			if err != nil {
				return syntaxError(body, err)
			}
			raw = append(raw, body[d.InputOffset()-int64(len(item)):d.InputOffset()])
		}
		if _, err := d.ReadToken(); err != nil {
			return syntaxError(body, err)
		}
		if err := atEnd(d); err != nil {
			return syntaxError(body, err)
		}
		return nil
	})
	return raw, err
}

func syntaxError(body []byte, err error) error {
	return &detailed{errSyntax, notJSON(body, err).Text}
}

// wellFormed tells data that is no JSON from data that is wrong.
func wellFormed(data []byte) error {
	return over(data, func(d *jsontext.Decoder) error {
		if err := d.SkipValue(); err != nil {
			return syntaxError(data, err)
		}
		if err := atEnd(d); err != nil {
			return syntaxError(data, err)
		}
		return nil
	})
}
