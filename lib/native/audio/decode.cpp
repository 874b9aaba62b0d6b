// Decoding over FFmpeg's libraries, and mp3 in free format over mpg123, as C functions for HitSong.Audio.
//
// Positions are counted in samples from the first one a player plays: encoder delay and padding that the file declares
// (LAME tag, edit list, Opus pre-skip) are trimmed by FFmpeg and do not count.

#include "entry.h"
#include "failure.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <mpg123.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace {

constexpr int MIN_RATE = 1000, MAX_RATE = 768000, MAX_CHANNELS = 64;
constexpr double LONGEST_GAP = 0.5; // s of packets in a row that cannot be decoded
constexpr int64_t LONGEST_READ = 1 << 29; // samples, 2 GB; a few bytes of FLAC can unfold into hours
constexpr size_t LONGEST_TAGS = 1 << 20; // bytes
constexpr size_t LARGEST_BLOCK = 256u << 20; // bytes; a damaged tag can claim to be 2 GB long, and FFmpeg believes it

enum ChannelMode { MEAN = 0, FIRST = 1, SECOND = 2, DOWNMIX = 3, EACH = 4 };

template <auto Free> struct Freeing {
    template <typename T> void operator()(T *object) const { Free(&object); }
};
struct Mpg123Freeing {
    void operator()(mpg123_handle *handle) const { mpg123_delete(handle); }
};
using Mpg123 = std::unique_ptr<mpg123_handle, Mpg123Freeing>;
using Format = std::unique_ptr<AVFormatContext, Freeing<avformat_close_input>>;
using Codec = std::unique_ptr<AVCodecContext, Freeing<avcodec_free_context>>;
using Packet = std::unique_ptr<AVPacket, Freeing<av_packet_free>>;
using Frame = std::unique_ptr<AVFrame, Freeing<av_frame_free>>;

template <typename T> T *allocated(T *object) {
    if (!object) throw std::bad_alloc();
    return object;
}

const char *reason(int error, char (&text)[AV_ERROR_MAX_STRING_SIZE]) {
    av_strerror(error, text, sizeof text);
    return text;
}

// How far before a wanted sample decoding has to begin for that sample to come out as in the whole decode, in seconds;
// negative where only the file's beginning will do.
double preroll(AVCodecID codec) {
    if (codec >= AV_CODEC_ID_FIRST_AUDIO && codec < AV_CODEC_ID_ADPCM_IMA_QT) return 0; // PCM
    switch (codec) {
    case AV_CODEC_ID_FLAC:
    case AV_CODEC_ID_ALAC: return 0;
    case AV_CODEC_ID_VORBIS: return 0.5; // overlaps one block
    // A frame may use bits from up to 511 bytes before it: dozens of frames at the lowest bit rates.
    case AV_CODEC_ID_MP3: return 2;
    // Band energies are predicted from the frame before with a factor below one, so that an unknown past fades out.
    case AV_CODEC_ID_OPUS: return 3;
    // AAC's noise substitution draws from one random sequence through the whole file; of others we know no bound.
    default: return -1;
    }
}

template <typename T> float amplitude(T sample);
template <> float amplitude(uint8_t sample) { return (sample - 128) / 128.0f; }
template <> float amplitude(int16_t sample) { return sample / 32768.0f; }
template <> float amplitude(int32_t sample) { return sample / 2147483648.0f; }
template <> float amplitude(int64_t sample) { return sample / 9223372036854775808.0f; }
template <> float amplitude(float sample) { return sample; }
template <> float amplitude(double sample) { return (float)sample; }

// What each channel counts in ITU-R BS.775's mix of loudspeakers to one, scaled so that together they count 1.
std::vector<float> downmix(const AVChannelLayout &layout) {
    std::vector<float> weights(layout.nb_channels);
    float sum = 0;
    for (int i = 0; i < layout.nb_channels; i++) {
        switch (av_channel_layout_channel_from_index(&layout, i)) {
        case AV_CHAN_FRONT_LEFT: case AV_CHAN_FRONT_RIGHT: weights[i] = (float)M_SQRT1_2; break;
        case AV_CHAN_LOW_FREQUENCY: case AV_CHAN_LOW_FREQUENCY_2: weights[i] = 0; break;
        case AV_CHAN_BACK_LEFT: case AV_CHAN_BACK_RIGHT: case AV_CHAN_BACK_CENTER:
        case AV_CHAN_SIDE_LEFT: case AV_CHAN_SIDE_RIGHT: weights[i] = 0.5f; break;
        default: weights[i] = 1;
        }
        sum += weights[i];
    }
    for (float &weight : weights) weight = sum > 0 ? weight / sum : 1.0f / layout.nb_channels;
    return weights;
}

// Whether samples are planar is known at compile time: then those of a plane lie side by side, and the loops become
// SIMD.
template <typename T, bool planar>
void to_channels(const AVFrame *frame, int channels, ChannelMode mode, float *out) {
    int count = frame->nb_samples;
    auto plane = [&](int channel) {
        return (const T *)frame->extended_data[planar ? channel : 0] + (planar ? 0 : channel);
    };
    const int stride = planar ? 1 : channels;
    const T *first = plane(0);
    if (mode == EACH) {
        for (int channel = 0; channel < channels; channel++) {
            const T *source = plane(channel);
            for (int i = 0; i < count; i++) *out++ = amplitude(source[(size_t)i * stride]);
        }
        return;
    }
    if (mode == SECOND) first = plane(1);
    if (mode == FIRST || mode == SECOND || channels == 1) {
        for (int i = 0; i < count; i++) out[i] = amplitude(first[(size_t)i * stride]);
    } else if (channels == 2) {
        const T *second = plane(1);
        for (int i = 0; i < count; i++)
            out[i] = 0.5f * (amplitude(first[(size_t)i * stride]) + amplitude(second[(size_t)i * stride]));
    } else {
        std::vector<float> weights = mode == DOWNMIX ? downmix(frame->ch_layout) : std::vector<float>(channels, 1);
        std::fill(out, out + count, 0.0f);
        for (int channel = 0; channel < channels; channel++) {
            const T *source = plane(channel);
            for (int i = 0; i < count; i++) out[i] += weights[channel] * amplitude(source[(size_t)i * stride]);
        }
        if (mode == MEAN)
            for (int i = 0; i < count; i++) out[i] /= channels;
    }
}

void to_channels(const AVFrame *frame, ChannelMode mode, float *out) {
    auto format = (AVSampleFormat)frame->format;
    int channels = frame->ch_layout.nb_channels;
    switch (format) {
    case AV_SAMPLE_FMT_U8: return to_channels<uint8_t, false>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_U8P: return to_channels<uint8_t, true>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_S16: return to_channels<int16_t, false>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_S16P: return to_channels<int16_t, true>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_S32: return to_channels<int32_t, false>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_S32P: return to_channels<int32_t, true>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_S64: return to_channels<int64_t, false>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_S64P: return to_channels<int64_t, true>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_FLT: return to_channels<float, false>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_FLTP: return to_channels<float, true>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_DBL: return to_channels<double, false>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_DBLP: return to_channels<double, true>(frame, channels, mode, out);
    default: throw Failure("its samples are of an unknown kind");
    }
}

// What the header of a frame tells of its rate; 0 where it does not begin with one, or the coding has none. FLAC's
// rates beyond its table share two codes.
int rate_code(AVCodecID codec, const AVPacket *packet) {
    const uint8_t *header = packet->data;
    if (packet->size < 5) return 0;
    switch (codec) {
    case AV_CODEC_ID_MP1:
    case AV_CODEC_ID_MP2:
    case AV_CODEC_ID_MP3:
        return header[0] == 0xff && header[1] >= 0xe0 ? (header[1] & 0x18) << 8 | (header[2] & 0x0c) | 1 : 0;
    case AV_CODEC_ID_AAC: return header[0] == 0xff && (header[1] & 0xf6) == 0xf0 ? (header[2] & 0x3c) | 1 : 0; // ADTS
    case AV_CODEC_ID_AC3: return header[0] == 0x0b && header[1] == 0x77 ? (header[4] & 0xc0) | 1 : 0;
    case AV_CODEC_ID_FLAC: return header[0] == 0xff && header[1] >= 0xf8 ? (header[2] & 0x0f) << 1 | 1 : 0;
    default: return 0;
    }
}

// Whether all packets give the same number of samples.
bool is_of_fixed_frames(AVCodecID codec) {
    return codec == AV_CODEC_ID_MP1 || codec == AV_CODEC_ID_MP2 || codec == AV_CODEC_ID_MP3 ||
           codec == AV_CODEC_ID_AAC || codec == AV_CODEC_ID_AC3;
}

// What a file begins with, after an ID3v2 tag if it has one.
struct Beginning {
    bool is_tagged = false, is_layer_3 = false;
    bool is_free_format = false; // layer III at a bit rate that its headers do not tell
    bool tells_length = false;   // by LAME's or Xing's header

    explicit Beginning(const char *path) {
        std::unique_ptr<FILE, int (*)(FILE *)> file(fopen(path, "rb"), fclose);
        uint8_t tag[10], header[3];
        if (!file || fread(tag, 1, 10, file.get()) != 10) return;
        is_tagged = !memcmp(tag, "ID3", 3);
        int size_after_header = (tag[6] & 127) << 21 | (tag[7] & 127) << 14 | (tag[8] & 127) << 7 | (tag[9] & 127);
        long size = is_tagged ? 10 + size_after_header : 0;
        if (fseek(file.get(), size, SEEK_SET) || fread(header, 1, 3, file.get()) != 3) return;
        is_layer_3 = header[0] == 0xff && (header[1] & 0xe6) == 0xe2;
        bool knows_rate = (header[2] & 0x0c) != 0x0c;
        is_free_format = is_layer_3 && knows_rate && header[2] >> 4 == 0;
        char side[37];
        size_t there = fread(side, 1, sizeof side, file.get());
        for (size_t at : {10, 18, 33})
            tells_length |= at + 4 <= there && (!memcmp(side + at, "Xing", 4) || !memcmp(side + at, "Info", 4));
    }
};

// An open audio file with its decoder, standing at the first frame.
struct Source {
    // Set for mp3 in free format, which FFmpeg does not decode; then its format, codec and stream are not.
    Mpg123 free_format;
    Format format;
    Codec codec;
    Packet packet{allocated(av_packet_alloc())};
    Frame frame{allocated(av_frame_alloc())};
    AVStream *stream = nullptr;
    int64_t origin = 0;    // timestamp of sample 0
    int rate = 0;          // Hz, of what comes out of the decoder
    int channels = 0;
    bool at_end = false;   // the demuxer has no more packets
    // Some packet did not simply follow the one before: another rate, the next link of a chain, another file behind the
    // first one's padding, junk, a hole. Then only decoding from the beginning tells where in the sound it lies.
    bool is_uneven = false;
    // Of the packet before: what its header tells, where it ends in time and in the file, whether its end is trimmed.
    int last_code = 0;
    int64_t due = AV_NOPTS_VALUE, next_byte = -1;
    bool was_trimmed = false;
    // That a file in free format declares, samples; at its end mpg123 tells what there was instead.
    int64_t free_length = 0;
    // What the decoder gave, how much of that last, and about how much it refused since then.
    double seconds_decoded = 0, frame_seconds = 0, seconds_refused = 0;

    explicit Source(const char *path) {
        require_file(path);
        Beginning beginning(path);
        if (beginning.is_free_format && open_free_format(path, beginning.tells_length)) return;
        av_log_set_level(AV_LOG_QUIET);
        av_max_alloc(LARGEST_BLOCK);
        // "file:" lets any name through as a name; the whitelist keeps playlists from reaching for other files' URLs.
        std::vector<char> url(strlen(path) + 6);
        snprintf(url.data(), url.size(), "file:%s", path);
        AVDictionary *options = nullptr;
        av_dict_set(&options, "protocol_whitelist", "file", 0);
        // Nor for other files: a playlist (HLS, DASH, concat) is no audio.
        av_dict_set(&options, "format_whitelist",
                    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,eac3,flac,flv,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,ogg,"
                    "rm,tak,tta,w64,wav,wv",
                    0);
        AVFormatContext *opened = nullptr;
        // FFmpeg would find it out by trying all of its formats on ever longer pieces of the tag: with a cover picture
        // in it, that takes as long as decoding the song.
        bool is_mp3 = beginning.is_tagged && beginning.is_layer_3;
        const AVInputFormat *known = is_mp3 ? av_find_input_format("mp3") : nullptr;
        int error = avformat_open_input(&opened, url.data(), known, &options);
        av_dict_free(&options);
        char text[AV_ERROR_MAX_STRING_SIZE];
        if (error < 0) throw Failure("is no audio file that FFmpeg knows (%s)", reason(error, text));
        format.reset(opened);
        // Otherwise FFmpeg decodes cover pictures to learn about them, which can take longer than the song.
        for (unsigned i = 0; i < opened->nb_streams; i++) {
            AVCodecParameters *parameters = opened->streams[i]->codecpar;
            if (parameters->codec_type == AVMEDIA_TYPE_AUDIO) continue;
            parameters->codec_type = AVMEDIA_TYPE_DATA;
            parameters->codec_id = AV_CODEC_ID_NONE;
            opened->streams[i]->discard = AVDISCARD_ALL;
        }
        if ((error = avformat_find_stream_info(opened, nullptr)) < 0)
            throw Failure("is no audio file that FFmpeg can read (%s)", reason(error, text));

        const AVCodec *decoder = nullptr;
        int index = av_find_best_stream(opened, AVMEDIA_TYPE_AUDIO, -1, -1, &decoder, 0);
        if (index == AVERROR_DECODER_NOT_FOUND)
            throw Failure("holds audio of a kind that this FFmpeg has no decoder for");
        if (index < 0) throw Failure("has no audio stream");
        stream = opened->streams[index];
        for (unsigned i = 0; i < opened->nb_streams; i++)
            if ((int)i != index) opened->streams[i]->discard = AVDISCARD_ALL;
        int claimed = stream->codecpar->ch_layout.nb_channels;
        if (claimed > MAX_CHANNELS) throw Failure("claims %d channels; at most %d are read", claimed, MAX_CHANNELS);

        // FFmpeg takes Apple's protected audio for plain AAC, and makes noise of it.
        if (stream->codecpar->codec_tag == MKTAG('d', 'r', 'm', 's')) refuse_protected();

        codec.reset(allocated(avcodec_alloc_context3(decoder)));
        avcodec_parameters_to_context(codec.get(), stream->codecpar);
        codec->pkt_timebase = stream->time_base; // lets the decoder move timestamps past the samples it trims
        codec->thread_count = 1;
        // FFmpeg refuses FLAC's blocks that are longer than the first header says, as another link of a chain may have.
        if (codec->codec_id == AV_CODEC_ID_FLAC && codec->extradata_size >= 4)
            codec->extradata[2] = codec->extradata[3] = 0xff;
        if ((error = avcodec_open2(codec.get(), decoder, nullptr)) < 0)
            throw Failure("holds %s audio that cannot be decoded (%s)", avcodec_get_name(stream->codecpar->codec_id),
                          reason(error, text));

        if (!next_frame())
            throw Failure("has an audio stream (%s), but no audio in it could be decoded; the file is damaged or "
                          "protected",
                          avcodec_get_name(stream->codecpar->codec_id));
        rate = frame->sample_rate;
        channels = frame->ch_layout.nb_channels;
        if (rate < MIN_RATE || rate > MAX_RATE)
            throw Failure("claims a sample rate of %d Hz; %d to %d Hz are read", rate, MIN_RATE, MAX_RATE);
        origin = frame->pts != AV_NOPTS_VALUE ? frame->pts : 0;
    }

    bool open_free_format(const char *path, bool tells_length) {
        free_format.reset(allocated(mpg123_new(nullptr, nullptr)));
        mpg123_handle *handle = free_format.get();
        mpg123_param(handle, MPG123_ADD_FLAGS, MPG123_FORCE_FLOAT | MPG123_QUIET, 0);
        long hz = 0;
        int encoding = 0;
        if (mpg123_open(handle, path) == MPG123_OK &&
            mpg123_getformat(handle, &hz, &channels, &encoding) == MPG123_OK && encoding == MPG123_ENC_FLOAT_32) {
            rate = (int)hz;
            if (tells_length) free_length = mpg123_length(handle);
            if (next_frame()) return true;
        }
        free_format.reset();
        rate = channels = 0;
        return false;
    }

    bool next_free_frame() {
        for (int failures = 0; failures < 100; failures++) {
            unsigned char *audio = nullptr;
            size_t bytes = 0;
            int error = mpg123_decode_frame(free_format.get(), nullptr, &audio, &bytes);
            if (error != MPG123_OK && error != MPG123_NEW_FORMAT) return false;
            long hz = 0;
            int count = 0, encoding = 0;
            if (bytes == 0 || mpg123_getformat(free_format.get(), &hz, &count, &encoding) != MPG123_OK ||
                encoding != MPG123_ENC_FLOAT_32)
                continue;
            frame->format = AV_SAMPLE_FMT_FLT;
            frame->sample_rate = (int)hz;
            frame->nb_samples = (int)(bytes / sizeof(float) / count);
            av_channel_layout_default(&frame->ch_layout, count);
            frame->data[0] = audio; // mpg123's own, until the next frame
            return true;
        }
        return false;
    }

    // The next packet of the audio stream; false at the end of the file.
    bool next_packet() {
        // A demuxer that fails without moving on would fail forever.
        for (int failures = 0; failures < 100;) {
            av_packet_unref(packet.get());
            int error = av_read_frame(format.get(), packet.get());
            if (error == AVERROR_EOF) return false;
            if (error < 0) failures++;
            else if (packet->stream_index == stream->index) {
                if (av_packet_get_side_data(packet.get(), AV_PKT_DATA_ENCRYPTION_INFO, nullptr)) refuse_protected();
                compare_with_last();
                return true;
            }
        }
        return false;
    }

    void compare_with_last() {
        const char *name = format->iformat->name;
        bool is_bare = !strcmp(name, "mp3") || !strcmp(name, "aac") || !strcmp(name, "ac3") || !strcmp(name, "flac");
        int code = rate_code(stream->codecpar->codec_id, packet.get());
        int64_t tolerance = av_rescale_q(1, AVRational{1, 50}, stream->time_base);
        bool is_timed = packet->pts != AV_NOPTS_VALUE;
        bool is_of_another_rate = last_code && code != last_code;
        bool is_elsewhere = due != AV_NOPTS_VALUE && is_timed && std::llabs(packet->pts - due) > tolerance;
        bool is_after_junk = is_bare && next_byte >= 0 && packet->pos != next_byte;
        is_uneven |= is_of_another_rate || is_elsewhere || is_after_junk || was_trimmed ||
                     av_packet_get_side_data(packet.get(), AV_PKT_DATA_NEW_EXTRADATA, nullptr) ||
                     av_packet_get_side_data(packet.get(), AV_PKT_DATA_PARAM_CHANGE, nullptr);
        last_code = code;
        due = is_timed && packet->duration > 0 ? packet->pts + packet->duration : AV_NOPTS_VALUE;
        next_byte = packet->pos < 0 ? -1 : packet->pos + packet->size;
        was_trimmed = trimmed() > 0;
    }

    // Samples at the end of what the packet gives that are not played.
    int64_t trimmed() const {
        size_t size = 0;
        const uint8_t *skip = av_packet_get_side_data(packet.get(), AV_PKT_DATA_SKIP_SAMPLES, &size);
        return skip && size >= 8 ? skip[4] | skip[5] << 8 | skip[6] << 16 : 0;
    }

    // Whether timestamps tell one sample from the next; those of Matroska are rounded to milliseconds.
    bool has_exact_times() const { return stream->time_base.den % ((int64_t)stream->time_base.num * rate) == 0; }

    [[noreturn]] static void refuse_protected() {
        throw Failure("is protected (DRM), and only its seller's player decrypts it; use a file without protection");
    }

    // Decodes until there is a frame. One that cannot be decoded is passed over, as FFmpeg does, but not a longer
    // piece.
    bool next_frame() {
        av_frame_unref(frame.get());
        if (free_format) return next_free_frame();
        for (int failures = 0; failures < 100;) {
            av_frame_unref(frame.get());
            int error = avcodec_receive_frame(codec.get(), frame.get());
            if (error == 0) {
                int count = frame->ch_layout.nb_channels;
                frame_seconds = frame->sample_rate > 0 ? (double)frame->nb_samples / frame->sample_rate : 0;
                seconds_decoded += frame_seconds, seconds_refused = 0;
                if (frame->nb_samples > 0 && count > 0 && count <= MAX_CHANNELS) return true;
                continue;
            }
            if (error == AVERROR_EOF) return false;
            if (error != AVERROR(EAGAIN)) refuse_packet();
            if (at_end) failures++;
            else if (next_packet()) {
                if (avcodec_send_packet(codec.get(), packet.get()) < 0) refuse_packet();
            } else {
                at_end = true;
                avcodec_send_packet(codec.get(), nullptr);
            }
        }
        return false;
    }

    void refuse_packet() {
        seconds_refused += frame_seconds;
        if (seconds_refused > LONGEST_GAP)
            throw Failure("is damaged or turns into audio that FFmpeg cannot decode after %.3f s; read the part before "
                          "by giving a duration",
                          seconds_decoded);
    }

    int64_t position(int64_t timestamp) const {
        return av_rescale_q(timestamp - origin, stream->time_base, AVRational{1, rate});
    }

    // Position of the current frame by its timestamp. Where its packet's duration differs from what came out, it is the
    // end that is right: of a Vorbis packet at the change from a long block to a short one FFmpeg knows the last part
    // only.
    int64_t frame_position() const {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
        int64_t duration = frame->duration;
#else
        int64_t duration = frame->pkt_duration;
#endif
        return duration > 0 ? position(frame->pts + duration) - frame->nb_samples : position(frame->pts);
    }

    // Goes to a frame at or before the sample, far enough for the decoder to be in step there, and returns the frame's
    // position, or the end where the file ends before. The packets before are read and dropped: their timestamps are
    // exact where those of an index need not be. Where is_uneven then, neither are theirs.
    int64_t go_to(int64_t sample) {
        if (free_format) return 0; // rare, and quickly decoded from its beginning
        double before = preroll(codec->codec_id);
        auto target = sample - (int64_t)std::ceil(before * rate);
        if (before < 0 || !has_exact_times() || target <= frame->nb_samples) return 0;
        avcodec_flush_buffers(codec.get());
        bool is_pcm = before == 0 && av_get_bits_per_sample(codec->codec_id) > 0;
        if (is_pcm && target < declared()) {
            int64_t timestamp = origin + av_rescale_q(target, AVRational{1, rate}, stream->time_base);
            av_seek_frame(format.get(), stream->index, timestamp, AVSEEK_FLAG_BACKWARD);
        }
        int64_t end = frame->nb_samples;
        av_frame_unref(frame.get());
        while (end <= target && next_packet() && !is_uneven) {
            is_uneven = packet->pts == AV_NOPTS_VALUE;
            if (is_uneven) break;
            end = position(packet->pts + packet->duration);
            if (end > target) avcodec_send_packet(codec.get(), packet.get());
        }
        return end > target && next_frame() && frame->pts != AV_NOPTS_VALUE ? frame_position() : end;
    }

    // Whether a packet can be decoded; the source is of no use afterwards.
    bool gives_frame(const AVPacket *of) {
        avcodec_send_packet(codec.get(), of);
        avcodec_send_packet(codec.get(), nullptr);
        return avcodec_receive_frame(codec.get(), frame.get()) == 0;
    }

    // Length in samples that the file declares; 0 where it declares none and FFmpeg would guess from the bit rate.
    int64_t declared() const {
        if (free_format) return free_length;
        if (format->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE || stream->duration <= 0) return 0;
        return av_rescale_q(stream->duration, stream->time_base, AVRational{1, rate});
    }
};

// What a channel counts in the loudness of ITU-R BS.1770: what comes from behind or the side counts more, bass effects
// nothing.
float loudness_weight(AVChannel channel) {
    switch (channel) {
    case AV_CHAN_LOW_FREQUENCY: case AV_CHAN_LOW_FREQUENCY_2: return 0;
    case AV_CHAN_BACK_LEFT: case AV_CHAN_BACK_RIGHT: case AV_CHAN_BACK_CENTER:
    case AV_CHAN_SIDE_LEFT: case AV_CHAN_SIDE_RIGHT: return 1.41f;
    default: return 1;
    }
}

// A part of a file while it is decoded: from start on, duration seconds or to the end (duration < 0), as samples of one
// channel at the file's rate, or of each. Where the rate changes on the way, the part has several stretches, each with
// positions of its own: at the file's rate, and at the wanted rate as whole numbers of its samples.
struct Part {
    Source source;
    ChannelMode mode;
    double start, duration;
    int to;                    // Hz, as wanted
    int64_t wanted;            // samples at the wanted rate
    int64_t asked, limit;      // where in the file they begin and end
    double seconds_before = 0; // of the stretches before
    int from;                  // Hz, of this stretch
    int64_t offset = 0;        // of its beginning in the file, at the wanted rate
    int64_t first, last;       // where the wanted samples begin and end in it
    int64_t begin, end;        // at the file's rate, with what a resampler needs of its neighbours
    int64_t position;          // of the source's frame
    bool in_step;
    bool is_at_turn = false;     // the source's frame begins another stretch
    int width;                   // channels that are given
    std::vector<float> samples;  // the source's frame, channel after channel
    size_t taken = 0, there = 0; // of each channel

    Part(const char *path, int wanted_rate, ChannelMode mode, double start, double duration)
        : source(path), mode(mode), start(start), duration(duration) {
        to = wanted_rate > 0 ? wanted_rate : source.rate;
        width = mode == EACH ? source.channels : 1;
        wanted = duration < 0 ? INT64_MAX : llround(duration * to);
        asked = llround(start * to), limit = asked + std::min(wanted, LONGEST_READ + 1);
        begin_stretch(source.rate);
        position = source.go_to(begin);
        if (source.is_uneven) {
            source = Source(path);
            position = 0;
        }
        in_step = position == 0;
        if (source.frame->nb_samples > 0) take_frame();
    }

    // What is likely there, at the wanted rate; 0 where nothing tells.
    int64_t expected() const {
        int64_t declared = std::max<int64_t>(0, av_rescale(source.declared(), to, from) - first);
        return duration < 0 ? declared : declared > 0 ? std::min(declared, wanted) : wanted;
    }

    // The next samples at the file's rate, those of a channel room after those of the one before; fewer than there is
    // room for at the end of a stretch only.
    size_t next(float *out, size_t room) {
        size_t made = 0;
        for (;;) {
            size_t count = std::min(room - made, there - taken), length = samples.size() / width;
            for (int channel = 0; channel < width; channel++)
                memcpy(out + channel * room + made, samples.data() + channel * length + taken, count * sizeof *out);
            made += count, taken += count;
            if (made == room || position >= end || is_at_turn || !source.next_frame()) return made;
            is_at_turn = source.frame->sample_rate != from;
            if (!is_at_turn) take_frame();
        }
    }

    // After the last of a stretch: goes on with the next, if there is one.
    bool turn() {
        if (!is_at_turn || position >= end) return false;
        int rate = source.frame->sample_rate;
        double seconds = available();
        if (rate < MIN_RATE || rate > MAX_RATE)
            throw Failure("claims a sample rate of %d Hz from %.3f s on; %d to %d Hz are read", rate, seconds, MIN_RATE,
                          MAX_RATE);
        seconds_before = seconds;
        begin_stretch(rate);
        position = 0;
        is_at_turn = false;
        in_step = true;
        take_frame();
        return true;
    }

    // After the last of a stretch: where the wanted samples end in it, which all have to be there at the file's end.
    int64_t stretch_end() const {
        if (is_at_turn && position < end) return std::min<int64_t>(last, llround(available() * to) - offset);
        int64_t stop = std::min(last, position >= end ? last : av_rescale(position, to, from));
        int64_t count = std::max<int64_t>(0, offset + stop - asked);
        // Start and duration were rounded apart: together they may reach one sample beyond an end that they meant to
        // meet.
        if (count > 0 && count == wanted - 1) stop++, count++;
        if (count > LONGEST_READ)
            throw Failure("has more than %.0f s of audio there, too much to read at once; read it in parts, with a "
                          "start and a duration", (double)LONGEST_READ / to);
        if (duration < 0) {
            if (count == 0) throw Failure("has %.3f s of audio; nothing is left from %.3f s on", available(), start);
            double declared = (double)source.declared() / source.rate;
            double tolerance = std::max(0.1, 4096.0 / from); // a container's length may count the encoder's padding
            bool is_of_one_rate = seconds_before == 0; // what is declared holds for no other
            if (is_of_one_rate && declared - available() > tolerance)
                throw Failure("is cut off or damaged: %.3f s of its %.3f s could be decoded; read that part by giving "
                              "a duration", available(), declared);
        } else if (count < wanted) {
            throw Failure("has %.3f s of audio; the part from %.3f s to %.3f s is not all there", available(), start,
                          start + duration);
        }
        return stop;
    }

private:
    // Seconds of audio up to the position.
    double available() const { return seconds_before + (double)position / from; }

    void begin_stretch(int rate) {
        from = rate;
        offset = llround(seconds_before * to);
        first = std::max<int64_t>(0, asked - offset);
        last = limit - offset;
        // The filter of HitSong.Audio.Resampler reaches this far to either side.
        int64_t reach = from == to ? 0 : (int64_t)std::ceil(64 * std::max(1.0, (double)from / to)) + 32;
        begin = std::max<int64_t>(0, av_rescale_rnd(first, from, to, AV_ROUND_DOWN) - reach);
        end = av_rescale_rnd(last, from, to, AV_ROUND_UP) + reach;
    }

    void take_frame() {
        int count = source.frame->nb_samples;
        // Frames lost while the decoder gets in step leave holes that timestamps know of.
        if (!in_step && source.frame->pts != AV_NOPTS_VALUE) position = source.frame_position();
        taken = there = 0;
        if (position < end && position + count > begin) {
            int channels = source.frame->ch_layout.nb_channels;
            if (mode == SECOND && channels < 2)
                throw Failure("has one channel at %.3f s; there is no second", available());
            if (mode == EACH && channels != width)
                throw Failure("changes from %d to %d channels at %.3f s; cut it there, or convert it to one number of "
                              "channels", width, channels, available());
            samples.resize((size_t)count * width);
            to_channels(source.frame.get(), mode, samples.data());
            taken = std::max<int64_t>(0, begin - position), there = std::min<int64_t>(count, end - position);
            in_step = true;
        }
        position += count;
    }
};

} // namespace

extern "C" {

struct audio_file_info {
    double duration; // s
    int32_t rate;    // Hz
    int32_t channels;
    int64_t bit_rate; // bits a second of the audio stream
    char codec[32];
    char *tags; // name, NUL, value, NUL, …, NUL; audio_tags_free gives it back
};

// Names as FFmpeg unifies them (title, artist, …), in lower case; a container's and its stream's.
static char *tags_of(const Source &source) {
    std::string text;
    for (const AVDictionary *tags : {source.format->metadata, source.stream->metadata}) {
        for (const AVDictionaryEntry *tag = nullptr; (tag = av_dict_get(tags, "", tag, AV_DICT_IGNORE_SUFFIX));) {
            if (!tag->key[0] || text.size() + strlen(tag->key) + strlen(tag->value) > LONGEST_TAGS) continue;
            for (const char *letter = tag->key; *letter; letter++) text += (char)tolower((unsigned char)*letter);
            text.append(1, '\0').append(tag->value).append(1, '\0');
        }
    }
    char *copy = allocated((char *)malloc(text.size() + 1));
    memcpy(copy, text.c_str(), text.size() + 1);
    return copy;
}

static double decoded_seconds(const char *path) {
    Source source(path);
    double seconds_before = 0; // of the stretches of other rates before
    int64_t samples = 0;
    int rate = source.rate;
    do {
        if (source.frame->sample_rate != rate) {
            seconds_before += (double)samples / rate;
            samples = 0, rate = source.frame->sample_rate;
        }
        samples += source.frame->nb_samples;
    } while (source.next_frame());
    return seconds_before + (double)samples / rate;
}

static void describe_free_format(const Source &source, const char *path, audio_file_info *info) {
    mpg123_handle *handle = source.free_format.get();
    if (mpg123_scan(handle) != MPG123_OK) throw Failure("could not be read to its end (%s)", mpg123_strerror(handle));
    mpg123_frameinfo frame;
    mpg123_info(handle, &frame);
    snprintf(info->codec, sizeof info->codec, "mp3");
    info->duration = decoded_seconds(path);
    info->bit_rate = llround(8.0 * frame.framesize * source.rate / mpg123_spf(handle));

    mpg123_id3v1 *first = nullptr;
    mpg123_id3v2 *second = nullptr;
    mpg123_id3(handle, &first, &second);
    std::string text;
    auto add = [&](const char *name, const mpg123_string *now, const char *before, size_t size) {
        mpg123_string converted;
        mpg123_init_string(&converted);
        if ((!now || !now->fill) && before &&
            mpg123_store_utf8(&converted, mpg123_text_latin1, (const unsigned char *)before, strnlen(before, size)))
            now = &converted;
        const char *value = now && now->p ? now->p : "";
        if (*value && strlen(value) < LONGEST_TAGS) text.append(name).append(1, '\0').append(value).append(1, '\0');
        mpg123_free_string(&converted);
    };
    add("title", second ? second->title : nullptr, first ? first->title : nullptr, 30);
    add("artist", second ? second->artist : nullptr, first ? first->artist : nullptr, 30);
    add("album", second ? second->album : nullptr, first ? first->album : nullptr, 30);
    add("date", second ? second->year : nullptr, first ? first->year : nullptr, 4);
    info->tags = allocated((char *)malloc(text.size() + 1));
    memcpy(info->tags, text.c_str(), text.size() + 1);
}

// Seconds of all that a source, at its first frame, still gives, by its packets: lengths in headers are missing,
// rounded or count the padding. Wrong where it is uneven; bytes tells the packets' size.
static double counted_seconds(Source &source, int64_t &bytes) {
    bool is_ogg = !strcmp(source.format->iformat->name, "ogg");
    bool is_aac = source.codec->codec_id == AV_CODEC_ID_AAC;
    bool has_fixed_frames = !source.has_exact_times() && is_of_fixed_frames(source.codec->codec_id);
    Packet last(allocated(av_packet_alloc()));
    int64_t samples = source.frame->nb_samples, before_last = samples;
    int64_t frame_samples = source.codec->frame_size > 0 ? source.codec->frame_size : samples;
    bytes = source.packet->size;
    while (source.next_packet() && !source.is_uneven) {
        const AVPacket *packet = source.packet.get();
        bytes += packet->size;
        before_last = samples;
        // Ogg's last packet lasts as long as it is played; of others' the trimmed end is told beside them.
        int64_t trimmed = is_ogg ? 0 : source.trimmed();
        if (has_fixed_frames) samples += frame_samples - trimmed;
        else if (packet->pts != AV_NOPTS_VALUE) {
            int64_t begin = source.position(packet->pts), end = source.position(packet->pts + packet->duration);
            // MP4 shortens the last packet, but FFmpeg plays all of it.
            if (is_aac) end = begin + source.codec->frame_size;
            samples = std::max(samples, end - trimmed);
        }
        av_packet_unref(last.get());
        av_packet_ref(last.get(), packet);
    }
    // Where a file is cut off, its last packet may be a piece of one, of which nothing is played.
    if (last->size > 0 && !source.gives_frame(last.get())) samples = before_last;
    return (double)samples / source.rate;
}

struct audio_part {
    Part part;
};

struct audio_part_info {
    int64_t begin, first, expected;
    int32_t wanted_rate, rate;
};

__attribute__((visibility("default"))) int audio_info(const char *path, audio_file_info *info, char *message) {
    return guarded(message, [&] {
        Source source(path);
        info->tags = nullptr;
        info->rate = source.rate;
        info->channels = source.channels;
        if (source.free_format) return describe_free_format(source, path, info);
        snprintf(info->codec, sizeof info->codec, "%s", avcodec_get_name(source.codec->codec_id));
        int64_t bytes = 0;
        info->duration = counted_seconds(source, bytes);
        // Windows Media tells times by the millisecond, and of packets that overlap.
        if (source.is_uneven || !strcmp(source.format->iformat->name, "asf")) info->duration = decoded_seconds(path);
        info->bit_rate = source.stream->codecpar->bit_rate;
        if (info->bit_rate <= 0 && info->duration > 0) info->bit_rate = (int64_t)(8.0 * bytes / info->duration);
        info->tags = tags_of(source);
    });
}

__attribute__((visibility("default"))) void audio_tags_free(char *tags) { free(tags); }

// rate ≤ 0: the file's own; duration < 0: to the end. On success *part is to be freed.
__attribute__((visibility("default"))) int audio_part_open(const char *path, int32_t rate, int32_t mode, double start,
                                                           double duration, audio_part **part, audio_part_info *info,
                                                           char *message) {
    return guarded(message, [&] {
        std::unique_ptr<audio_part> opened(new audio_part{Part(path, rate, (ChannelMode)mode, start, duration)});
        const Part &there = opened->part;
        *info = {there.begin, there.first, there.expected(), there.to, there.from};
        *part = opened.release();
    });
}

// Where *made < room, the stretch has no more: *end is told, a position of it at the wanted rate.
__attribute__((visibility("default"))) int audio_part_next(audio_part *part, float *out, int64_t room, int64_t *made,
                                                           int64_t *end, char *message) {
    return guarded(message, [&] {
        *made = (int64_t)part->part.next(out, (size_t)room);
        if (*made < room) *end = part->part.stretch_end();
    });
}

// After the last of a stretch: *turned tells whether another follows, then described by *info.
__attribute__((visibility("default"))) int audio_part_turn(audio_part *part, int32_t *turned, audio_part_info *info,
                                                           char *message) {
    return guarded(message, [&] {
        Part &there = part->part;
        *turned = there.turn();
        *info = {there.begin, there.first, 0, there.to, there.from};
    });
}

// The channels of a part of which each is wanted, and what each counts in its loudness (room for MAX_CHANNELS).
__attribute__((visibility("default"))) int audio_part_channels(audio_part *part, float *weights) {
    const AVChannelLayout &layout = part->part.source.frame->ch_layout;
    for (int i = 0; i < part->part.width; i++)
        weights[i] = loudness_weight(av_channel_layout_channel_from_index(&layout, i));
    return part->part.width;
}

__attribute__((visibility("default"))) void audio_part_free(audio_part *part) { delete part; }

}
