package access

// Decode reads a file of tokens and writes it again.
func Decode(b []byte) ([]byte, error) {
	entries, err := decode(b)
	if err != nil {
		return nil, err
	}
	return encode(entries)
}
