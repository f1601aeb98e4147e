package intake

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/kaohe/kaohe/events"
)

// writeAt is how much of an answer is gathered before it is written.
const writeAt = 32 << 10

// writeReceipt answers with a receipt. That of a large batch of rubbish is twenty times what was sent, so it is written event by
// event and never whole in memory.
func writeReceipt(w http.ResponseWriter, r Receipt, m mode, lang events.Lang) {
	if m == binary {
		answer := r.In(lang)
		answer.nameHeaders(lang)
		writeJSON(w, "application/json", r.status(), lang, answer)
		return
	}
	writeHeader(w, "application/json", r.status(), lang)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	const tail = "]}\n"
	_ = e.Encode(r.summary()) // writing to a buffer does not fail, nor do these values
	b.Truncate(b.Len() - len(tail))
	for i := range r.Events {
		if i > 0 {
			b.WriteByte(',')
		}
		_ = e.Encode(r.event(i, lang))
		b.Truncate(b.Len() - 1) // the line feed
		if b.Len() < writeAt {
			continue
		}
		if _, err := b.WriteTo(w); err != nil {
			return // the client has gone
		}
	}
	b.WriteString(tail)
	_, _ = b.WriteTo(w)
}
